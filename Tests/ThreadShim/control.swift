// Shows that Thread Sanitizer tells a race from threads that take turns: `control race` has one, `control mutex`
// counts as often under a lock that the threads fight for.
import Foundation
import Synchronization

// Invariant: none, which is what it is for.
nonisolated(unsafe) var count = 0
let guarded = Mutex(0)
let isRace = CommandLine.arguments.last == "race"

let arrived = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
let ended = DispatchSemaphore(value: 0)
for place in 0...1 {
  Thread.detachNewThread {
    // Both are there before one begins.
    arrived[place].signal()
    arrived[1 - place].wait()
    for _ in 0..<100_000 {
      if isRace { count += 1 } else { guarded.withLock { $0 += 1 } }
    }
    ended.signal()
  }
}
for _ in 0...1 { ended.wait() }
print(isRace ? count : guarded.withLock { $0 })
