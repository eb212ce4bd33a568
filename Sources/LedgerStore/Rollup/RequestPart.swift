internal import Pricing
internal import Traffic
internal import Units

/// What a request adds to the rollups, by the ledger's numbers. A class, since it is large and is filled
/// anew for one request after the other.
final class RequestPart {
  /// A line of the request, in the order of positions.
  struct Line {
    var action: Action
    /// 0 for none.
    var model: Int64 = 0
    var outcome: Outcome?
    var failure: FailureKind?
    var outputTokens: Int64 = 0
    var cost: Int64 = 0
    var source: CostSource?
    var reported: Int64?
    var catalog: Int64?
    var step: Int64?
    /// The number of its word; 0 for none.
    var reason: Int64 = 0
    var budget = BudgetSnapshot()
    var startedAt: Timestamp
    var tenant: Int64 = 0

    var isCall: Bool { action == .model }
    var isFailure: Bool { outcome == .failure }
  }

  var startedAt = Timestamp(milliseconds: 0)
  /// As the lowest attempt says; 0 for a field not given.
  var attribution = SIMD16<Int64>(repeating: 0)
  var trafficClass: TrafficClass?
  /// The given one, else the tenants file's; 0 for none.
  var effectiveTier: Int64 = 0
  var primary: Int64 = 0
  /// 0 for none.
  var served: Int64 = 0
  var status = RequestStatus.failed
  var unpricedAttempts: Int64 = 0
  var isDowngraded = false
  var isUngraded = false
  var usage = Usage()
  var cost: Int64 = 0
  var servingCost: Int64 = 0
  var ownPlanned: Int64?
  /// Without the share of a fee.
  var revenue: Int64 = 0
  var fee: Int64 = 0
  var attributionConflicts: Int64 = 0
  var lines: [Line] = []

  /// Days since 1970.
  var day: Int64 { startedAt.hoursSince1970 / 24 }
  var workflow: Int64 { attribution[AttributionField.workflow.index] }
  var tenant: Int64 { attribution[AttributionField.tenant.index] }
  /// -1 for none.
  var classCode: Int64 { trafficClass.map(Code.of) ?? -1 }
  /// Of the first failure, from 1; 0 where nothing failed.
  var firstKind: Int64 {
    guard let line = lines.first(where: \.isFailure) else { return 0 }
    return Code.of(line.failure ?? .unknown) + 1
  }
}

extension Timestamp {
  /// Events start in 2000 at the earliest.
  var hoursSince1970: Int64 { milliseconds / 3_600_000 }
}
