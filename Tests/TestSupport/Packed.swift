internal import CZlib
internal import CZstd
package import Foundation

/// Bytes as files pack them.
package enum Packed {
  package struct Failure: Error {}

  /// One zstd frame with a checksum.
  package static func zstd(_ bytes: Data) throws -> Data {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    var packed = Data(count: ZSTD_compressBound(bytes.count))
    let room = packed.count
    let count = packed.withUnsafeMutableBytes { out in
      bytes.withUnsafeBytes {
        ZSTD_compress2(context, out.baseAddress, room, $0.baseAddress, $0.count)
      }
    }
    guard ZSTD_isError(count) == 0 else { throw Failure() }
    return packed.prefix(count)
  }

  /// A frame that a decoder passes over.
  package static func skippableFrame(_ bytes: Data) -> Data {
    var frame = Data([0x50, 0x2A, 0x4D, 0x18])
    withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { frame.append(contentsOf: $0) }
    return frame + bytes
  }

  /// What one zstd frame holds; of one that does not say how much, at most 64 MiB.
  package static func unpackedZstd(_ frame: Data) throws -> Data {
    let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    var bytes = Data(count: size < 1 << 30 ? Int(size) : 1 << 26)
    let room = bytes.count
    let count = bytes.withUnsafeMutableBytes { out in
      frame.withUnsafeBytes { ZSTD_decompress(out.baseAddress, room, $0.baseAddress, $0.count) }
    }
    guard ZSTD_isError(count) == 0 else { throw Failure() }
    return bytes.prefix(count)
  }

  /// One gzip member.
  package static func gzip(_ bytes: Data) throws -> Data {
    var stream = z_stream()
    let code = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw Failure() }
    defer { deflateEnd(&stream) }
    var packed = Data(count: Int(deflateBound(&stream, UInt(bytes.count))))
    let room = packed.count
    let end = packed.withUnsafeMutableBytes { out in
      bytes.withUnsafeBytes { input in
        stream.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input.count)
        stream.next_out = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(room)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard end == Z_STREAM_END else { throw Failure() }
    return packed.prefix(Int(stream.total_out))
  }
}
