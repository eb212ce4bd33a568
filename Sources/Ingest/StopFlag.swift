internal import Glibc
internal import Synchronization

/// A wish to stop that one thread utters and another looks at between lines.
package final class StopFlag: Sendable {
  private let number = Atomic<Int32>(0)

  package init() {}

  /// The number of the signal that asked for it; nil as long as none did.
  package var signal: Int32? {
    let signal = number.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  package func request(signal: Int32) { number.store(signal, ordering: .relaxed) }

  /// Sleeps for so many seconds, or until a stop is asked for.
  package func sleep(seconds: Int) {
    for _ in 0..<10 * seconds where signal == nil { usleep(100_000) }
  }

  /// - Throws: ``Stopped`` once a stop was asked for.
  package func check() throws(Stopped) {
    if let signal { throw Stopped(signal: signal) }
  }
}

/// Work was left undone because a signal asked for it.
package struct Stopped: Error, Hashable, Sendable {
  package let signal: Int32
}
