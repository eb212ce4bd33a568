/// The packed bytes that wait to be unpacked.
final class RawInput {
  let file: RawFile
  private var buffer: [UInt8]
  private(set) var start = 0
  private(set) var end = 0

  init(_ file: RawFile) throws(InputError) {
    self.file = file
    buffer = [UInt8](repeating: 0, count: 1 << 17)
    _ = try fill()
  }

  var bytes: ArraySlice<UInt8> { buffer[start..<end] }
  var count: Int { end - start }

  /// Reads more if nothing is left; false at the end of the file.
  func fill() throws(InputError) -> Bool {
    guard start == end else { return true }
    let file = file
    let count = try buffer.fill { (room) throws(InputError) in try file.read(into: room) }
    start = 0
    end = count
    return end > 0
  }

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  func take(_ count: Int) { start += count }

  func failure(_ what: String) -> InputError {
    InputError(.undecodable, file.path, what, remedy: "copy it again from where it was written")
  }
}
