import Foundation
import Ingest

/// Turns SIGINT and SIGTERM into a wish to stop, for commands that may take long.
enum Stop {
  static let shared = StopFlag()

  /// In which the program has to end in order once it was asked to.
  private static let grace = 1.5

  /// From now on the two signals are taken by a thread of their own, which only passes them on. If
  /// the program has not ended soon, in a long commit for instance, that thread ends it: SQLite undoes
  /// a transaction that was left open, so nothing is half done then either.
  static func onSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM] where !isIgnored(signal) { sigaddset(&signals, signal) }
    // Threads that are made later inherit it, so that no other thread takes them.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    Thread.detachNewThread {
      var signals = waited
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { return }
      shared.request(signal: signal)
      Thread.sleep(forTimeInterval: grace)
      Output.note(undone)
      _exit(128 + signal)
    }
  }

  static let undone =
    "stopped; the file in flight was undone, those before it are taken: run the same again to go on"

  /// As a program started in the background by a script has SIGINT.
  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
