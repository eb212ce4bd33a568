import Foundation
import Glibc

/// A folder of this run alone, for what is gone when it ends.
struct ScratchFolder {
  let path: String

  /// - Throws: ``CommandFailure`` if it cannot be made.
  init() throws {
    var template = Array(
      (FileManager.default.temporaryDirectory.path + "/fallback-ledger-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(
        CommandFailure.writeError,
        "no scratch folder can be made in \(FileManager.default.temporaryDirectory.path) "
          + "(\(String(cString: strerror(errno)))); name one with room in TMPDIR")
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
