internal import Glibc

/// How long to wait for another writer, and what to do meanwhile.
package struct Patience: Sendable {
  /// Nil: as long as it takes.
  package let limit: Duration?
  /// Called once, with what keeps the ledger locked.
  package let onWait: @Sendable (LedgerError) -> Void
  /// Looked at while waiting; waiting ends when it is true.
  package let isStopped: @Sendable () -> Bool

  package init(
    limit: Duration?, onWait: @escaping @Sendable (LedgerError) -> Void,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) {
    self.limit = limit
    self.onWait = onWait
    self.isStopped = isStopped
  }
}

/// The right to write a ledger: an advisory lock on a file beside it, which names its holder's pid.
///
/// The kernel lets go of it when the holder ends, however it ends.
final class WriterLock {
  private let descriptor: Int32

  /// - Parameters:
  ///   - path: the ledger.
  ///   - patience: nil if it does not wait.
  /// - Throws: ``LedgerError`` if another process holds it, and still does when patience is at its end.
  init(ledger path: String, patience: Patience? = nil) throws(LedgerError) {
    let start = ContinuousClock.now
    var hasTold = false
    while true {
      switch try Self.take(ledger: path) {
      case .taken(let descriptor):
        self.descriptor = descriptor
        return
      case .held(let error):
        guard let patience, !patience.isStopped(),
          patience.limit.map({ start.duration(to: .now) < $0 }) ?? true
        else { throw error }
        if !hasTold { patience.onWait(error) }
        hasTold = true
        usleep(50_000)
      }
    }
  }

  deinit { close(descriptor) }

  private enum Attempt {
    case taken(Int32)
    case held(LedgerError)
  }

  private static func take(ledger path: String) throws(LedgerError) -> Attempt {
    let lockPath = path + ".lock"
    while true {
      let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw LedgerError(
          .write, "\(path) cannot be made or locked (\(String(cString: strerror(errno))))",
          remedy: "check the folder and its permissions")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let holder = holder(descriptor)
        close(descriptor)
        return .held(
          LedgerError(
            .locked, "\(path) is being written by another run" + holder,
            remedy: "wait until it is done, or let --wait do so"))
      }
      // A run that took nothing removes the file that it made, and the lock on it is then worth nothing.
      guard isSame(descriptor, lockPath) else {
        close(descriptor)
        continue
      }
      let pid = Array("\(getpid())\n".utf8)
      _ = ftruncate(descriptor, 0)
      _ = pwrite(descriptor, pid, pid.count, 0)
      return .taken(descriptor)
    }
  }

  /// As ` (pid 4711)`; empty if it does not say.
  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).filter(\.isNumber)
    return digits.isEmpty ? "" : " (pid \(digits))"
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var own = stat()
    var there = stat()
    return fstat(descriptor, &own) == 0 && stat(path, &there) == 0 && own.st_ino == there.st_ino
      && own.st_dev == there.st_dev
  }
}
