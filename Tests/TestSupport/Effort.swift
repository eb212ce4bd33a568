internal import Foundation

/// How much of what takes long the tests do.
package enum Effort {
  /// `scripts/test --full`: all of it. Otherwise a sample, drawn by a seed.
  package static let isFull = ProcessInfo.processInfo.environment["FALLBACK_LEDGER_HEAVY"] == "1"
}
