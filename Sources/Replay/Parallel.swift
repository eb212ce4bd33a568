import Dispatch

/// Independent work on all cores; what comes back is in order, whoever made it.
enum Parallel {
  static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    guard count > 1 else { return count == 1 ? [body(0)] : [] }
    let values = Slots<Value>(count)
    DispatchQueue.concurrentPerform(iterations: count) { values.set($0, body($0)) }
    return values.all
  }

  /// `@unchecked`: each place is written by one iteration, and read once all have ended.
  private final class Slots<Value: Sendable>: @unchecked Sendable {
    private let places: UnsafeMutablePointer<Value?>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      places = .allocate(capacity: count)
      places.initialize(repeating: nil, count: count)
    }

    deinit {
      places.deinitialize(count: count)
      places.deallocate()
    }

    func set(_ place: Int, _ value: Value) { places[place] = value }
    var all: [Value] { (0..<count).compactMap { places[$0] } }
  }
}
