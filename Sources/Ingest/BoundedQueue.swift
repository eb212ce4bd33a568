internal import Dispatch
internal import Synchronization

/// Hands values from one thread to another, a few at a time: the one waits where the other is slower.
final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let room: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)

  init(capacity: Int) {
    // A semaphore that is released below the value it was made with ends the program.
    room = DispatchSemaphore(value: 0)
    for _ in 0..<capacity { room.signal() }
  }

  /// Waits for room; false if nobody will take it any more.
  func send(_ element: Element) -> Bool {
    room.wait()
    let isTaken = state.withLock { state in
      guard !state.isCancelled else { return false }
      state.waiting.append(element)
      return true
    }
    if isTaken { filled.signal() } else { room.signal() }
    return isTaken
  }

  /// Waits for the next value; nil once the queue is cancelled. After the last there is none to wait
  /// for: values tell which it is.
  func receive() -> Element? {
    filled.wait()
    let element: Element? = state.withLock { state in
      state.isCancelled ? nil : state.waiting.removeFirst()
    }
    (element == nil ? filled : room).signal()
    return element
  }

  /// Nothing is taken any more: who sends or waits gets to know.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.waiting = []
    }
    room.signal()
    filled.signal()
  }
}
