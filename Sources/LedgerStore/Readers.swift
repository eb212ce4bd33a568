internal import Dispatch
internal import GRDB
internal import Synchronization

/// One or two connections to a ledger that see the same snapshot.
package struct Readers {
  let one: Database
  /// Its connection is read on a thread of its own.
  let other: DatabaseQueue?

  /// Does tasks by their numbers from 0, the lowest first, each on the connection that is free.
  ///
  /// Each connection `begin`s with what its tasks share, and what that comes to is `end`.
  /// - Throws: the error of the lowest task that fails; those that have not begun are left out.
  func share<State, Result: Sendable>(
    _ count: Int, begin: @Sendable (Database) throws -> State,
    task: @Sendable (inout State, Int) throws -> Void, end: @Sendable (State) throws -> Result
  ) throws -> [Result] {
    let next = Atomic(0)
    let failure = Mutex<(task: Int, error: any Error)?>(nil)
    let results = Mutex<[Result]>([])

    @Sendable func work(_ database: Database) {
      var at = -1
      do {
        var state = try begin(database)
        while failure.withLock({ $0 == nil }) {
          at = next.add(1, ordering: .relaxed).oldValue
          guard at < count else { break }
          try task(&state, at)
        }
        let result = try end(state)
        results.withLock { $0.append(result) }
      } catch {
        failure.withLock { first in
          if first.map({ at < $0.task }) ?? true { first = (at, error) }
        }
      }
    }

    if let other, count > 1 {
      withoutActuallyEscaping(work) { work in
        let group = DispatchGroup()
        DispatchQueue(label: "ledger, second reader").async(group: group) {
          other.unsafeRead(work)
        }
        work(one)
        group.wait()
      }
    } else {
      work(one)
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return results.withLock { $0 }
  }

  /// Does tasks that share nothing.
  func share(_ tasks: [@Sendable (Database) throws -> Void]) throws {
    _ = try share(
      tasks.count, begin: { $0 }, task: { try tasks[$1]($0) }, end: { _ in })
  }
}
