/// zstd, of any number of frames. A file that ends inside a frame is an error, not an end.
final class ZstdUnpacker: Unpacker {
  private let input: RawInput
  private let stream: ZstdStream
  /// What libzstd said last: 0 between frames.
  private var wanted = 0
  /// The last call filled the buffer, so more may wait inside libzstd.
  private var mayHoldMore = false

  init(_ input: RawInput, _ limits: UnpackingLimits) throws(InputError) {
    self.input = input
    stream = try ZstdStream(input, limits)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    while true {
      if !mayHoldMore, try !input.fill() {
        guard wanted == 0 else { throw input.failure("ends inside a zstd frame: it is cut") }
        return 0
      }
      let step = try stream.unpack(into: buffer)
      mayHoldMore = step.given == buffer.count
      // A call that neither took nor gave says nothing about the frame.
      if step.taken > 0 || step.given > 0 { wanted = step.wanted }
      if step.given > 0 { return step.given }
    }
  }
}
