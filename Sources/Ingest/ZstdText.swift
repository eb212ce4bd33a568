internal import CZstd

/// Packs text with zstd as it comes: one frame with a checksum, the same bytes for the same text from
/// one version of libzstd.
package struct ZstdText: ~Copyable {
  private let context: OpaquePointer?
  /// Packed so far.
  private var packed: [UInt8] = []
  private var waiting: [UInt8] = []

  /// As `zstd` without options.
  private static let level: Int32 = 3
  private static let blockSize = 1 << 17

  package init() {
    context = ZSTD_createCCtx()
    precondition(context != nil, "zstd needs more memory than there is")
    Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.level))
    Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
  }

  deinit { ZSTD_freeCCtx(context) }

  package mutating func append(_ text: String) {
    waiting.append(contentsOf: text.utf8)
    guard waiting.count >= Self.blockSize else { return }
    pack(ZSTD_e_continue)
  }

  /// All of the packed text.
  package consuming func finish() -> [UInt8] {
    pack(ZSTD_e_end)
    return packed
  }

  private mutating func pack(_ directive: ZSTD_EndDirective) {
    var room = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
    var taken = 0
    var left = 0
    repeat {
      let given = room.withUnsafeMutableBytes { out in
        waiting.withUnsafeBytes { bytes in
          var output = ZSTD_outBuffer(dst: out.baseAddress, size: out.count, pos: 0)
          var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: taken)
          left = Self.check(ZSTD_compressStream2(context, &output, &input, directive))
          taken = input.pos
          return output.pos
        }
      }
      packed.append(contentsOf: room[..<given])
      // At the end all must be out; before it, zstd may keep what it has taken.
    } while taken < waiting.count || (directive == ZSTD_e_end && left > 0)
    waiting.removeAll(keepingCapacity: true)
  }

  /// With valid parameters and room for output, libzstd fails only without memory.
  @discardableResult
  private static func check(_ code: Int) -> Int {
    precondition(ZSTD_isError(code) == 0, "zstd: \(String(cString: ZSTD_getErrorName(code)))")
    return code
  }
}
