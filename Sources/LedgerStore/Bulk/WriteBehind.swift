internal import CSQLite
internal import Dispatch
internal import GRDB
internal import Synchronization

/// What enters rows through a connection on a thread of its own, one statement after the other, while
/// whoever uses the connection does what needs none.
///
/// A connection takes one caller at a time, so its user waits before it goes to it: ``RawStatement`` and
/// what enters rows do that themselves, and what goes to it in another way calls ``settle()`` first.
/// Only that user calls; the thread does what it is given.
final class WriteBehind: Sendable {
  private let queue = DispatchQueue(label: "ledger, rows")
  private let group = DispatchGroup()
  private let isBusy = Atomic(false)
  /// The first; what was to come after it is left out.
  private let failure = Mutex<(any Error)?>(nil)
  private static let isThread = DispatchSpecificKey<Bool>()

  private init() { queue.setSpecific(key: Self.isThread, value: true) }

  /// Begins to do something after all that was begun before. What fails is told later.
  func begin(_ work: @escaping @Sendable () throws -> Void) {
    isBusy.store(true, ordering: .relaxed)
    queue.async(group: group) { [self] in
      guard failure.withLock({ $0 == nil }) else { return }
      do { try work() } catch { failure.withLock { $0 = error } }
    }
  }

  /// Waits until all is done.
  @inline(__always)
  func wait() {
    if isBusy.load(ordering: .relaxed) { waitLong() }
  }

  private func waitLong() {
    group.wait()
    isBusy.store(false, ordering: .relaxed)
  }

  /// Waits until all is done.
  /// - Throws: the error of what failed, now and ever after: its transaction is to be undone.
  @inline(__always)
  func settle() throws {
    if isBusy.load(ordering: .relaxed) { waitLong() }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  // MARK: by connection

  private static let all = Mutex<[ObjectIdentifier: WriteBehind]>([:])

  /// That of a connection, if it has one.
  static func of(_ database: Database) -> WriteBehind? {
    all.withLock { $0[ObjectIdentifier(database)] }
  }

  /// Waits for that of a connection.
  static func settle(_ database: Database) throws { try of(database)?.settle() }

  /// Gives a connection one for as long as `body` runs, and waits for it at the end.
  /// - Throws: the error of `body`.
  static func with<Result>(
    _ database: Database, _ body: (WriteBehind) throws -> Result
  ) throws -> Result {
    let behind = WriteBehind()
    let connection = ObjectIdentifier(database)
    all.withLock { $0[connection] = behind }
    behind.watch(database, true)
    defer {
      behind.wait()
      behind.watch(database, false)
      all.withLock { $0[connection] = nil }
    }
    return try body(behind)
  }

  /// In a debug build a statement that begins while others go on on the thread ends the program.
  private func watch(_ database: Database, _ isOn: Bool) {
    #if DEBUG
      guard let connection = database.sqliteConnection else { return }
      guard isOn else {
        sqlite3_trace_v2(connection, 0, nil, nil)
        return
      }
      sqlite3_trace_v2(
        connection, UInt32(SQLITE_TRACE_STMT),
        { _, context, _, _ in
          guard let context else { return 0 }
          let behind = Unmanaged<WriteBehind>.fromOpaque(context).takeUnretainedValue()
          precondition(
            !behind.isBusy.load(ordering: .relaxed)
              || DispatchQueue.getSpecific(key: WriteBehind.isThread) == true,
            "a connection is used while rows are entered through it")
          return 0
        }, Unmanaged.passUnretained(self).toOpaque())
    #endif
  }
}
