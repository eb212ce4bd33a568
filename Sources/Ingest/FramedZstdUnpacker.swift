/// What OpenTelemetry's Collector writes with `compression: zstd`: each object packed by itself, behind
/// its packed length in four bytes, the highest first. Each is unpacked onto a line of its own. A file
/// that ends inside an object is an error, not an end.
final class FramedZstdUnpacker: Unpacker {
  private let input: RawInput
  private let stream: ZstdStream
  /// Packed bytes of the object at hand that are still to come.
  private var left = 0
  private var isInObject = false
  /// What libzstd said last of the object: 0 once its frame is whole.
  private var wanted = 0
  private var mayHoldMore = false

  init(_ input: RawInput, _ limits: UnpackingLimits) throws(InputError) {
    self.input = input
    stream = try ZstdStream(input, limits)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    while true {
      if !isInObject {
        guard let length = try length() else { return 0 }
        left = length
        isInObject = true
        wanted = 0
        stream.reset()
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
    let step = try stream.unpack(left, into: buffer)
    left -= step.taken
    mayHoldMore = step.given == buffer.count
    // A call that neither took nor gave says nothing about the frame.
    if step.taken > 0 || step.given > 0 { wanted = step.wanted }
    // The packed object must end where its length says.
    if left == 0, !mayHoldMore, wanted != 0 {
      throw input.failure("has an object that is longer than its length says")
    }
    return step.given
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
