internal import GRDB
internal import Glibc

/// A copy of a ledger as an older program left it, kept beside it before it is brought up to date.
enum EarlierCopy {
  /// Of a ledger that is brought up to `version`.
  static func path(of ledger: String, before version: Int32) -> String {
    "\(ledger).before-\(version)"
  }

  /// Copies a ledger that is open for writing, by SQLite, so that what still stands in the log of changes
  /// is in the copy; it has its name once it is whole and on the disk. One of an attempt before is
  /// replaced: the ledger is still what it was then.
  /// - Throws: ``LedgerError``; nothing of the copy is left then.
  static func make(
    _ database: Database, ledger: String, before version: Int32
  ) throws(LedgerError) {
    let path = path(of: ledger, before: version)
    let (folder, name) = split(path)
    // The lock of the ledger sees to it that nobody else writes it.
    let unfinished = "\(folder)/.\(name).tmp-copy"
    remove(unfinished)
    do {
      let descriptor = open(unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw failure(path) }
      defer { close(descriptor) }
      try database.execute(sql: "VACUUM INTO ?", arguments: [unfinished])
      guard fsync(descriptor) == 0, rename(unfinished, path) == 0 else { throw failure(path) }
      try sync(folder, path)
    } catch {
      remove(unfinished)
      switch error {
      case let error as LedgerError: throw error
      case let error as DatabaseError:
        let said = LedgerError(
          sqlite: error.resultCode.rawValue, message: error.message ?? "no message", path: path)
        throw said.kind == .write ? withRemedy(said.what) : said
      default: throw withRemedy("\(path): \(error)")
      }
    }
  }

  /// With the journal that SQLite may have left beside it where the disk is full.
  private static func remove(_ unfinished: String) {
    unlink(unfinished)
    unlink(unfinished + "-journal")
  }

  private static func failure(_ path: String) -> LedgerError {
    errno == ENOSPC || errno == EDQUOT
      ? withRemedy("the disk of \(path) is full")
      : withRemedy("\(path) cannot be written (\(String(cString: strerror(errno))))")
  }

  private static func withRemedy(_ what: String) -> LedgerError {
    LedgerError(
      .write, what,
      remedy: "make room for a copy of the ledger, which is kept before it is brought up to date")
  }

  /// Without this the name may be lost with the power.
  private static func sync(_ folder: String, _ path: String) throws(LedgerError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder, and say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path) }
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
