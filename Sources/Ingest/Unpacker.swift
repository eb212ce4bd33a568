protocol Unpacker {
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int
}

struct PlainUnpacker: Unpacker {
  private let input: RawInput

  init(_ input: RawInput) { self.input = input }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    guard try input.fill() else { return 0 }
    let count = min(buffer.count, input.count)
    input.withBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    input.take(count)
    return count
  }
}
