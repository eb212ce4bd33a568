internal import CSQLite

/// Why the ledger cannot do what was asked. Prints as one sentence: what, where, and what to do.
package struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Each has an exit code of its own (cli.md).
  package enum Kind: Sendable {
    /// No ledger, or one that cannot be read.
    case missing
    /// The disk is full, or a write failed.
    case write
    /// Another writer is at work.
    case locked
    /// Not ours, damaged, or of a newer version.
    case foreign
    /// The data asked for does not fit what a ledger keeps.
    case data
  }

  package let kind: Kind
  package let what: String
  package let remedy: String

  package init(_ kind: Kind, _ what: String, remedy: String) {
    self.kind = kind
    self.what = what
    self.remedy = remedy
  }

  package var description: String { "\(what); \(remedy)" }

  /// What a result code of SQLite means for the ledger at `path`.
  package init(sqlite code: Int32, message: String, path: String) {
    switch code & 0xFF {
    case SQLITE_FULL:
      self.init(.write, "the disk of \(path) is full", remedy: "free some space and run it again")
    case SQLITE_IOERR, SQLITE_READONLY, SQLITE_PERM:
      self.init(
        .write, "\(path) cannot be written (\(message))",
        remedy: "check the disk and the file's permissions")
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(
        .locked, "\(path) is locked by another program",
        remedy: "wait until it is done, or close it")
    case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_FORMAT:
      self.init(
        .foreign, "\(path) is damaged or no SQLite file (\(message))",
        remedy: "give another path, or restore the ledger from a copy")
    case SQLITE_CANTOPEN:
      self.init(
        .missing, "\(path) cannot be opened (\(message))",
        remedy: "check the path and its permissions")
    case SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_MISMATCH:
      self.init(.data, "\(path) does not take a value (\(message))", remedy: "mend the input")
    default:
      self.init(.data, "\(path): \(message)", remedy: "please report this with the command used")
    }
  }
}
