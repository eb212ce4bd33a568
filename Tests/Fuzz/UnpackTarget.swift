@testable import Ingest

/// Packed files: in pieces of any size they unpack to the same bytes, or are refused alike.
enum UnpackTarget {
  private static let most = 1 << 20

  static func run(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    Memory.with(Array(bytes.dropFirst())) { path in
      let whole = unpacked(path, pieces: 1 << 16)
      let parts = unpacked(path, pieces: 1 + Int(first))
      // How much comes before a fault is found depends on the pieces; what comes does not.
      promise(whole.error == parts.error, "refused as \(whole.error) and as \(parts.error)")
      if whole.error.isEmpty {
        promise(whole.bytes == parts.bytes, "other bytes in pieces of \(1 + Int(first))")
      }
    }
  }

  private static func unpacked(_ path: String, pieces: Int) -> (bytes: [UInt8], error: String) {
    var all: [UInt8] = []
    do throws(InputError) {
      let source = try ByteSource(path)
      var buffer = [UInt8](repeating: 0, count: pieces)
      while all.count < most {
        let count = try buffer.fill { (room) throws(InputError) in try source.read(into: room) }
        if count == 0 { break }
        all += buffer[..<count]
      }
      // A bomb is not followed.
      return (Array(all.prefix(most)), all.count < most ? "" : "large")
    } catch {
      return (all, "\(error)")
    }
  }
}
