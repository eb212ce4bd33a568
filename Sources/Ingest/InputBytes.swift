/// Small files that are read whole: prices, tenants, policies; unpacked where they are packed.
package enum InputBytes {
  /// No such file is larger by far; a packed one may pretend to be.
  private static let most = 256 << 20

  /// - Throws: ``InputError`` if it cannot be read or unpacked.
  package static func read(_ path: String) throws(InputError) -> [UInt8] {
    let files = try InputFiles.find([path])
    guard files == [path] else {
      throw InputError(.missing, path, "is a folder", remedy: "give a file")
    }
    let source = try ByteSource(path)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try buffer.fill { (room) throws(InputError) in try source.read(into: room) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= most else {
        throw InputError(
          .undecodable, path, "has more than \(most) bytes", remedy: "give a smaller file")
      }
    }
  }
}
