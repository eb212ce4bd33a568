/// How far a tenant's month is spent; below ``watch`` the budget is normal, which is no stage.
public enum BudgetStage: String, CaseIterable, Comparable, Sendable {
  case watch
  case constrained
  case criticalOnly = "critical_only"

  /// Its place in rising order, from 1; normal is 0.
  var rank: Int {
    switch self {
    case .watch: 1
    case .constrained: 2
    case .criticalOnly: 3
    }
  }

  public static func < (left: BudgetStage, right: BudgetStage) -> Bool { left.rank < right.rank }
}

/// What a budget stage does to a traffic class, from the mildest to the strictest.
public enum BudgetEffect: String, CaseIterable, Comparable, Sendable {
  case none
  /// Only models of a lower grade than the first step's (policy.md, 7.5).
  case downgrade
  /// No model at all (7.4).
  case unpaidOnly = "unpaid_only"
  /// Refused outright (5).
  case block

  private var rank: Int {
    switch self {
    case .none: 0
    case .downgrade: 1
    case .unpaidOnly: 2
    case .block: 3
    }
  }

  public static func < (left: BudgetEffect, right: BudgetEffect) -> Bool { left.rank < right.rank }
}
