/// What kind of traffic a request is; each class has its own steps and hard stop (policy.md).
public enum TrafficClass: String, CaseIterable, Sendable {
  case criticalUserFacing = "critical_user_facing"
  case nonCriticalUserFacing = "non_critical_user_facing"
  case internalAutomation = "internal_automation"
  case batch
  case experiment
}

/// How good a model is, as a policy or a price band grades it.
public enum Grade: String, CaseIterable, Comparable, Sendable {
  case lowCost = "low_cost"
  case balanced
  case frontier

  private var rank: Int {
    switch self {
    case .lowCost: 0
    case .balanced: 1
    case .frontier: 2
    }
  }

  public static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }
}
