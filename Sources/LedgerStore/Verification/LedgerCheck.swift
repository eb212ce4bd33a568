internal import QueryCatalog

/// Something that a ledger promises of its own data.
package struct LedgerCheck: Hashable, Sendable {
  package enum Severity: String, Sendable {
    /// The ledger is wrong where it does not hold.
    case error
    /// Somebody should look, but no figure is wrong.
    case warning
  }

  /// Stable: printed, and the name of its file in `queries/checks` if it is a query.
  package let name: String
  package let promise: String
  package let severity: Severity

  init(_ name: String, _ promise: String, _ severity: Severity = .error) {
    self.name = name
    self.promise = promise
    self.severity = severity
  }
}

/// A place where a promise does not hold.
package struct Breach: Hashable, Sendable {
  /// The row or column that is wrong.
  package let subject: String
  package let found: String
  package let expected: String
}

/// How a check went.
package struct CheckResult: Hashable, Sendable {
  package let check: LedgerCheck
  package let breachCount: Int64
  /// The first of them.
  package let breaches: [Breach]

  package var holds: Bool { breachCount == 0 }
}

/// Counts breaches and keeps the first, so that a ledger that is all wrong does not fill the memory.
struct BreachList: Sendable {
  static let mostKept = 5

  private(set) var count: Int64 = 0
  private(set) var first: [Breach] = []

  mutating func add(
    _ subject: @autoclosure () -> String, found: @autoclosure () -> String,
    expected: @autoclosure () -> String
  ) {
    count += 1
    guard first.count < Self.mostKept else { return }
    first.append(Breach(subject: subject(), found: found(), expected: expected()))
  }

  /// Adds those that come after these.
  mutating func append(_ others: BreachList) {
    count += others.count
    first += others.first.prefix(Self.mostKept - first.count)
  }

  func result(of check: LedgerCheck) -> CheckResult {
    CheckResult(check: check, breachCount: count, breaches: first)
  }
}
