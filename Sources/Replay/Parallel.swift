import Dispatch
import Synchronization

/// Independent work on all cores; what comes back is in order, whoever made it.
enum Parallel {
  static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    guard count > 1 else { return count == 1 ? [body(0)] : [] }
    let values = Mutex(Array(repeating: Value?.none, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { place in
      let value = body(place)
      values.withLock { $0[place] = value }
    }
    return values.withLock { $0 }.compactMap { $0 }
  }
}
