import Glibc

/// A file in memory, by a path.
enum Memory {
  private static let path = "/dev/shm/fuzz-\(getpid())"

  static func with<Result>(_ bytes: [UInt8], _ body: (String) -> Result) -> Result {
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "there is no /dev/shm")
    defer {
      close(descriptor)
      unlink(path)
    }
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    precondition(count == bytes.count, "/dev/shm is full")
    return body(path)
  }
}
