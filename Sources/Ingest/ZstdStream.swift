internal import CZstd

/// libzstd's state between calls, unpacking what an input holds.
final class ZstdStream {
  private let input: RawInput
  private let stream: OpaquePointer?

  /// What one call did.
  struct Step {
    /// Packed bytes taken, and unpacked bytes given.
    let taken: Int
    let given: Int
    /// 0 where a frame ends.
    let wanted: Int
  }

  init(_ input: RawInput, _ limits: UnpackingLimits) throws(InputError) {
    self.input = input
    stream = ZSTD_createDStream()
    guard stream != nil else { throw input.failure("needs more memory than there is") }
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, limits.windowBits)
  }

  deinit { ZSTD_freeDStream(stream) }

  /// Forgets the frame at hand.
  func reset() { ZSTD_DCtx_reset(stream, ZSTD_reset_session_only) }

  /// Unpacks at most so many of the bytes that wait, and takes them.
  func unpack(
    _ most: Int = .max, into buffer: UnsafeMutableRawBufferPointer
  ) throws(InputError) -> Step {
    var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    let (code, taken) = input.withBytes { bytes -> (Int, Int) in
      var packed = ZSTD_inBuffer(src: bytes.baseAddress, size: min(bytes.count, most), pos: 0)
      let code = ZSTD_decompressStream(stream, &out, &packed)
      return (code, packed.pos)
    }
    guard ZSTD_getErrorCode(code) != ZSTD_error_frameParameter_windowTooLarge else {
      throw InputError(
        .undecodable, input.file.path,
        "needs a zstd window of more than \(UnpackingLimits.usualWindow >> 20) MiB",
        remedy: "give --long if there is memory for it, or compress it without --long")
    }
    guard ZSTD_isError(code) == 0 else {
      throw input.failure("is damaged zstd (\(String(cString: ZSTD_getErrorName(code))))")
    }
    input.take(taken)
    return Step(taken: taken, given: out.pos, wanted: code)
  }
}
