internal import CZstd

/// What OpenTelemetry's Collector writes with `compression: zstd`: each object packed by itself, behind
/// its packed length in four bytes, the highest first. Each is unpacked onto a line of its own. A file
/// that ends inside an object is an error, not an end.
final class FramedZstdUnpacker: Unpacker {
  private let input: RawInput
  private let stream: OpaquePointer?
  /// Packed bytes of the object at hand that are still to come.
  private var left = 0
  private var isInObject = false
  private var mayHoldMore = false

  init(_ input: RawInput, _ limits: UnpackingLimits) throws(InputError) {
    self.input = input
    stream = ZSTD_createDStream()
    guard stream != nil else { throw input.failure("needs more memory than there is") }
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, limits.windowBits)
  }

  deinit { ZSTD_freeDStream(stream) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    while true {
      if !isInObject {
        guard let length = try length() else { return 0 }
        left = length
        isInObject = true
        ZSTD_DCtx_reset(stream, ZSTD_reset_session_only)
      }
      if left == 0, !mayHoldMore {
        isInObject = false
        buffer[0] = 0x0A
        return 1
      }
      let count = try unpack(into: buffer)
      if count > 0 { return count }
    }
  }

  private func unpack(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    if left > 0, try !input.fill() { throw cut }
    var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    let most = left
    let (code, taken) = input.withBytes { bytes -> (Int, Int) in
      var packed = ZSTD_inBuffer(src: bytes.baseAddress, size: min(bytes.count, most), pos: 0)
      let code = ZSTD_decompressStream(stream, &out, &packed)
      return (code, packed.pos)
    }
    guard ZSTD_isError(code) == 0 else {
      throw input.failure("is damaged zstd (\(String(cString: ZSTD_getErrorName(code))))")
    }
    input.take(taken)
    left -= taken
    mayHoldMore = out.pos == out.size
    // The packed object must end where its length says.
    if left == 0, !mayHoldMore, code != 0, taken > 0 || out.pos > 0 {
      throw input.failure("has an object that is longer than its length says")
    }
    return out.pos
  }

  /// The next four bytes; nil at the end of the file.
  private func length() throws(InputError) -> Int? {
    var length = 0
    for place in 0..<4 {
      guard try input.fill() else {
        guard place == 0 else { throw cut }
        return nil
      }
      length = length << 8 | Int(input.bytes[input.start])
      input.take(1)
    }
    return length
  }

  private var cut: InputError { input.failure("ends inside an object of packed traces: it is cut") }
}
