internal import CSQLite
package import GRDB
internal import Glibc
internal import QueryCatalog

/// A ledger file: SQLite, ours by its application id, at a schema version that this program knows.
package final class Ledger: Sendable {
  package enum Access: Sendable {
    /// Never changes the file; the ledger must be there.
    case read
    /// One process at a time; the ledger is made if it is not there.
    case write
    /// As `write`, but the ledger must be there.
    case change

    var writes: Bool { self != .read }
  }

  package let path: String
  /// Whether this run made the file.
  package let isNew: Bool
  /// What an older program left and this run brought up to date.
  package let upgrade: Upgrade?
  let database: DatabaseQueue
  /// Of the file that is open for writing.
  let identity: FileIdentity?
  // It is set once, and held as long as the ledger is open for writing; nobody asks it anything.
  nonisolated(unsafe) private let lock: WriterLock?
  private let readOnly: ReadOnlyDisk?

  package struct Upgrade: Hashable, Sendable {
    package let from: Int32
    package let to: Int32
    /// The path of the ledger as it was.
    package let copy: String
  }

  /// Once a process, before SQLite is used.
  private static let isSQLiteSetUp = sqlite_set_up() == SQLITE_OK

  /// `FLDG` in ASCII.
  static let applicationID: Int32 = 0x464C_4447

  /// - Parameters:
  ///   - path: the file.
  ///   - access: whether it is read or written.
  ///   - patience: for a ledger that another run writes; nil: it is refused at once.
  /// - Throws: ``LedgerError`` if the file is missing, locked, not ours, damaged, or newer.
  package init(
    path: String, access: Access, patience: Patience? = nil
  ) throws(LedgerError) {
    _ = Self.isSQLiteSetUp
    self.path = path
    // Before anything is written to it or beside it.
    var exists = try Self.check(path, access)
    if access.writes {
      lock = try WriterLock(ledger: path, patience: patience)
      // Who held the lock may have made the ledger, or taken it back.
      exists = try Self.check(path, access)
      if !exists { try Self.makePrivateFile(path) }
      identity = FileIdentity(path)
    } else {
      identity = nil
      lock = nil
    }
    isNew = !exists
    readOnly = access.writes ? nil : try ReadOnlyDisk(reading: path)

    var configuration = Configuration()
    configuration.readonly = access == .read
    configuration.label = "ledger"
    configuration.busyMode = .timeout(10)
    // Every number that is written was read from the table it refers to, so a look-up of each of the
    // fifteen that a line has would only find it again; tests run `foreign_key_check` instead.
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      if access.writes {
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      }
      try database.execute(sql: "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY")
    }
    do {
      database = try DatabaseQueue(
        path: readOnly?.uri ?? path, configuration: configuration)
      if access.writes {
        let newest = Schema.newest
        let before = try database.writeWithoutTransaction { database in
          try Schema.migrate(database, path: path) { _ in
            try EarlierCopy.make(database, ledger: path, before: newest)
          }
        }
        upgrade =
          before > 0 && before < newest
          ? Upgrade(
            from: before, to: newest, copy: EarlierCopy.path(of: path, before: newest)) : nil
      } else {
        try database.read { try Schema.check($0, path: path) }
        upgrade = nil
      }
    } catch {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// Runs `body` on a snapshot that no writer disturbs.
  package func read<R: Sendable>(_ body: (Database) throws -> R) throws -> R {
    do {
      let result = try database.read(body)
      try readOnly?.check()
      return result
    } catch let error as DatabaseError {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// Runs `body` on two connections that see the same snapshot, so that two threads can read at once;
  /// the second is nil where writers keep coming in between.
  package func readTwice<R: Sendable>(_ body: (Database, Database?) throws -> R) throws -> R {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.label = "ledger, second"
    configuration.busyMode = .timeout(10)
    do {
      let other = try DatabaseQueue(path: readOnly?.uri ?? path, configuration: configuration)
      return try database.unsafeRead { one in
        try other.unsafeRead { two in
          // What is read from one end to the other gains nothing from pages that are kept.
          for database in [one, two] {
            try database.execute(sql: "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY")
          }
          for _ in 0..<5 {
            // What is committed between two beginnings shows in the data version of the first.
            let version = try Self.begin(one)
            defer { try? two.rollback() }
            _ = try Self.begin(two)
            try one.rollback()
            defer { try? one.rollback() }
            if try Self.begin(one) == version { return try body(one, two) }
          }
          _ = try Self.begin(one)
          defer { try? one.rollback() }
          return try body(one, nil)
        }
      }
    } catch let error as DatabaseError {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// Runs `body` with two connections that see the same snapshot, each for a thread of its own; with one
  /// where writers keep coming in between.
  package func readBeside<R: Sendable>(_ body: (Readers) throws -> R) throws -> R {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.label = "ledger, second"
    configuration.busyMode = .timeout(10)
    // It is begun in one access and read in others.
    configuration.allowsUnsafeTransactions = true
    do {
      let other = try DatabaseQueue(path: readOnly?.uri ?? path, configuration: configuration)
      let result = try database.unsafeRead { one in
        defer { try? other.unsafeRead { if $0.isInsideTransaction { try $0.rollback() } } }
        for _ in 0..<5 {
          // What is committed between two beginnings shows in the data version of the first.
          let version = try Self.begin(one)
          _ = try other.unsafeRead(Self.begin)
          try one.rollback()
          defer { try? one.rollback() }
          if try Self.begin(one) == version { return try body(Readers(one: one, other: other)) }
          try other.unsafeRead { try $0.rollback() }
        }
        _ = try Self.begin(one)
        defer { try? one.rollback() }
        return try body(Readers(one: one, other: nil))
      }
      try readOnly?.check()
      return result
    } catch let error as DatabaseError {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// Begins to read a snapshot; its data version.
  private static func begin(_ database: Database) throws -> Int64? {
    try database.beginTransaction(.deferred)
    _ = try Int64.fetchOne(database, sql: "SELECT last_request FROM publication")
    return try Int64.fetchOne(database, sql: "PRAGMA data_version")
  }

  /// Takes back a ledger that this run made and that nothing was written to.
  package func removeIfNew() {
    guard isNew else { return }
    try? database.close()
    for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) }
  }

  static func ledgerError(_ error: any Error, path: String) -> LedgerError {
    switch error {
    case let error as LedgerError: error
    case let error as DatabaseError:
      LedgerError(
        sqlite: error.resultCode.rawValue, message: error.message ?? "no message", path: path)
    default: LedgerError(.data, "\(path): \(error)", remedy: "please report this")
    }
  }

  /// Whether there is a ledger; it may be opened then.
  private static func check(_ path: String, _ access: Access) throws(LedgerError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard access == .write else {
        throw LedgerError(
          .missing, "there is no ledger at \(path)",
          remedy: "make one with `fallback-ledger ingest`, or name it with --ledger")
      }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw LedgerError(
        .foreign, "\(path) is no file that could be a ledger", remedy: "name a file with --ledger")
    }
    try checkHeader(path)
    if access.writes {
      // The log of changes and the lock go by the name: under two names two would write at once.
      guard status.st_nlink == 1 else {
        throw LedgerError(
          .foreign, "\(path) has a second name (a hard link)",
          remedy: "copy it with cp and write the copy, or remove the other name")
      }
      guard !ReadOnlyDisk.holds(path) else {
        throw LedgerError(
          .write, "\(path) is on a read-only disk", remedy: "write a ledger elsewhere")
      }
      try checkIdentity(path)
    }
    return true
  }

  /// Names and costs are the tenants' business: only the owner may read a new ledger.
  private static func makePrivateFile(_ path: String) throws(LedgerError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LedgerError(
        .write, "\(path) cannot be made (\(String(cString: strerror(errno))))",
        remedy: "check the folder and its permissions")
    }
    close(descriptor)
  }

  /// A file of another program, or of a newer one of ours, stays as it is: opening it for writing
  /// would already change its journal mode.
  private static func checkIdentity(_ path: String) throws(LedgerError) {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.label = "ledger"
    configuration.busyMode = .timeout(10)
    do {
      let database = try DatabaseQueue(path: path, configuration: configuration)
      _ = try database.read { try Schema.identify($0, path: path) }
      try database.close()
    } catch {
      throw ledgerError(error, path: path)
    }
  }

  private static func checkHeader(_ path: String) throws(LedgerError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LedgerError(
        .missing, "\(path) cannot be read (\(String(cString: strerror(errno))))",
        remedy: "check its permissions")
    }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 16)
    let count = Glibc.read(descriptor, &header, header.count)
    // An empty file is what a first run that was killed at once leaves behind.
    guard count == 0 || header.starts(with: Array("SQLite format 3".utf8)) else {
      throw LedgerError(
        .foreign, "\(path) is no SQLite file", remedy: "name a ledger, or a new file, with --ledger"
      )
    }
  }
}
