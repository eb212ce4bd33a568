internal import StrictJSON
internal import Traffic
internal import Units

/// What a native line says, as its bytes say it: texts are places in the line, and none of them is
/// good for longer than the line.
struct NativeFields {
  struct RouteTexts {
    var provider = JSONCursor.Text.none
    var model = JSONCursor.Text.none
    var group = JSONCursor.Text.none

    /// Both are needed where a route is.
    var isGood: Bool { !provider.isEmpty && !model.isEmpty }
  }

  var requestID = JSONCursor.Text.none
  var eventID = JSONCursor.Text.none
  /// By ``AttributionField/index``.
  var attribution = InlineArray<10, JSONCursor.Text>(repeating: .none)
  /// By ``TextKey``; of those that are given.
  var attributionKeys = InlineArray<10, Int64>(repeating: 0)
  /// Out of 0...255 if it was left out.
  var attempt: Int64 = -1
  var startedAt: Timestamp?
  var trafficClass: WordTable<TrafficClass>.Entry?
  var primary = RouteTexts()
  var action: WordTable<Action>.Entry?
  var route = RouteTexts()
  var outcome: WordTable<Outcome>.Entry?
  var hasFailure = false
  var failureKind = JSONCursor.Text.none
  var httpStatus: Int64?
  var failureMessage: JSONCursor.Text?
  var latencyMilliseconds: Int64?
  var usage = Usage()
  var reportedCost: Money?
  var revenue: Money?
  var budget = BudgetSnapshot()
  var decisionStep: Int64?
  var decisionReason: JSONCursor.Text?

  /// Whether the line has what a line needs, and no more tokens cached than there were; what it has is
  /// good by itself.
  var areWhole: Bool {
    guard !requestID.isEmpty, (0...255).contains(attempt), startedAt != nil,
      !attribution[AttributionField.tenant.index].isEmpty, primary.isGood
    else { return false }
    let (part, overflow) = usage.cachedInput.addingReportingOverflow(usage.cacheWrite)
    guard !overflow, part <= usage.input else { return false }
    // Other actions have no route and no outcome; what is given is ignored.
    guard isModel else { return true }
    return route.isGood && outcome != nil && (!isFailure || hasFailure)
  }

  var isModel: Bool { action == nil || action?.word == .model }
  var isFailure: Bool { isModel && outcome?.word == .failure }
}
