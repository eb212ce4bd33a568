internal import Dispatch
internal import StrictJSON
internal import Synchronization

/// Bounds the memory of the blocks that are on their way from the unpacking thread to the ledger's
/// writer, and has them used again.
final class BlockPool: Sendable {
  /// Bytes of one share, and what a block usually has.
  static let share = 512 << 10
  /// All shares: twice what the longest line takes, as lines are held back until one shows the format.
  static let shares = 72

  private struct State {
    var spare: [[UInt8]] = []
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let free: DispatchSemaphore

  init() {
    // A semaphore that is released below the value it was made with ends the program.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<Self.shares { free.signal() }
  }

  /// Waits until so many shares are free; false if nobody will give any back. Only one thread asks.
  func acquire(_ count: Int) -> Bool {
    for _ in 0..<max(0, count) { free.wait() }
    return state.withLock { !$0.isCancelled }
  }

  func release(_ count: Int) {
    for _ in 0..<count { free.signal() }
  }

  /// Bytes for one share, of which the one who asks holds one.
  func spareBytes() -> [UInt8] {
    state.withLock { $0.spare.popLast() } ?? [UInt8](repeating: 0, count: Self.share)
  }

  /// Takes back what a block holds.
  func recycle(_ block: consuming LineBlock) {
    let shares = block.shares
    var bytes = block.bytes
    block.bytes = []
    if bytes.count == Self.share {
      state.withLock { state in
        var kept: [UInt8] = []
        swap(&kept, &bytes)
        state.spare.append(kept)
      }
    }
    release(shares)
  }

  /// Nobody waits any more.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    release(Self.shares)
  }
}
