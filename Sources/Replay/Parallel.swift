import Dispatch
import Foundation
import Synchronization

/// Independent work on all cores; what comes back is in order, whoever made it.
enum Parallel {
  static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    map(count, worker: {}, { body($1) })
  }

  /// As ``map(_:_:)``, with something that each thread makes for itself and keeps from one piece of work
  /// to the next; the values must not hang on it.
  static func map<Worker, Value: Sendable>(
    _ count: Int, threads: Int? = nil, worker make: @Sendable () -> Worker,
    _ body: @Sendable (inout Worker, Int) -> Value
  ) -> [Value] {
    let values = Mutex(Array(repeating: Value?.none, count: count))
    let next = Atomic(0)
    let threads = min(count, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      var worker = make()
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < count else { return }
        let value = body(&worker, place)
        values.withLock { $0[place] = value }
      }
    }
    return values.withLock { $0 }.compactMap { $0 }
  }
}
