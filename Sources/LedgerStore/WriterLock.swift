internal import Glibc

/// The right to write a ledger: an advisory lock on a file beside it, which names its holder's pid.
///
/// The kernel lets go of it when the holder ends, however it ends.
final class WriterLock {
  private let descriptor: Int32

  /// - Throws: ``LedgerError`` if another process holds it.
  init(ledger path: String) throws(LedgerError) {
    let lockPath = path + ".lock"
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LedgerError(
        .write, "\(path) cannot be made or locked (\(String(cString: strerror(errno))))",
        remedy: "check the folder and its permissions")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = pread(descriptor, &bytes, bytes.count, 0)
      close(descriptor)
      let holder = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        .filter(\.isNumber)
      throw LedgerError(
        .locked,
        "\(path) is being written by another run" + (holder.isEmpty ? "" : " (pid \(holder))"),
        remedy: "wait until it is done")
    }
    let pid = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, pid, pid.count, 0)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
