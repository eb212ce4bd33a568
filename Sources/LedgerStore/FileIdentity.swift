internal import Glibc

/// Which file a path names, whatever it is called.
struct FileIdentity: Equatable, Sendable {
  private let device: UInt
  private let number: UInt

  /// Nil if the path names nothing.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }

  /// The size of what a path names; 0 for nothing.
  static func bytes(of path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }
}
