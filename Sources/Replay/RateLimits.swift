import Traffic
import Units

/// Limits on calls within a minute, as far as refusals of a log show them.
///
/// Nobody tells what a provider limits: calls of all or of one tenant, of a model or of all its models,
/// by the minute of the clock or the last sixty seconds. What tells the refused calls of the log from
/// the others best is taken, and a second kind beside it where that leaves much open.
struct RateLimits: Sendable {
  /// Whose calls count together.
  enum Scope: CaseIterable {
    case provider, model, tenantOfProvider, tenantOfModel
  }

  struct Limit: Sendable {
    let scope: Scope
    /// The last sixty seconds, and not the minute of the clock.
    let isTrailing: Bool
    /// All recorded calls.
    let calls: CallTimes
    var chances: RankChances
  }

  /// A call of the log, or one that a policy asks for.
  struct Call {
    let tenant: Int32
    let model: Int
    let milliseconds: Int64

    static func < (left: Call, right: Call) -> Bool {
      (left.tenant, left.model, left.milliseconds)
        < (right.tenant, right.model, right.milliseconds)
    }
  }

  /// A trace does not hold how long a request was put off: any other time tells as much.
  static let pauseMilliseconds: Int64 = 1_800_000

  private(set) var limits: [Limit]
  private let groups: Groups
  let startMilliseconds: Int64

  /// Below this share of refused calls nothing hangs on them.
  private static let leastShare = 0.005
  /// Refusals that hardly hang on the load by chance: so far the shares of places must be apart.
  private static let leastDeviation = 60.0
  private static let leastExcess = 20.0
  private static let mostCases = 60_000

  /// nil where the log shows none.
  init?(_ trace: Trace, providerOf: [Int]) {
    let rows = trace.rows
    let first = rows.indices.lazy.map { rows[$0].startedMilliseconds }.min() ?? 0
    // A whole minute.
    startMilliseconds = first - ((first % 60_000) + 60_000) % 60_000
    groups = Groups(providerOf: providerOf, tenants: trace.tenants.count)
    limits = []
    var refused = 0
    var tries = 0
    trace.forEachLine { line in
      guard line.route >= 0 else { return }
      tries += 1
      if line.work == .failure(.rateLimited) { refused += 1 }
    }
    guard Double(refused) > Self.leastShare * Double(tries), refused >= 30 else { return nil }
    let (calls, cases) = Self.gather(trace, tries)
    guard let best = best(calls, cases, beside: nil) else { return nil }
    limits = [best]
    guard var second = self.best(calls, cases, beside: best) else { return }
    // Each is told where the other mostly does not refuse.
    limits[0].chances = chances(best, cases, beside: second)
    second.chances = chances(second, cases, beside: limits[0])
    limits.append(second)
  }

  private struct Case {
    let call: Call
    let isRefused: Bool
  }

  /// All calls; and those that tell most: a request's first of each provider, as what comes after a
  /// failure meets others' failures too.
  private static func gather(_ trace: Trace, _ tries: Int) -> (calls: [Call], cases: [Case]) {
    var calls: [Call] = []
    calls.reserveCapacity(tries)
    var cases: [Case] = []
    let stride = max(1, trace.indices.count / mostCases)
    for place in trace.indices {
      let request = trace.request(place)
      var milliseconds = request.startedAt.milliseconds
      for index in request.lines {
        let line = trace.line(index)
        defer { milliseconds += line.lastedMilliseconds }
        guard line.route >= 0 else { continue }
        let call = Call(
          tenant: request.tenant, model: trace.modelOfRoute[Int(line.route)],
          milliseconds: milliseconds)
        calls.append(call)
        guard place % stride == 0, index == Int(request.firstLine) else { continue }
        cases.append(Case(call: call, isRefused: line.work == .failure(.rateLimited)))
      }
    }
    return (calls, cases)
  }

  private func best(_ calls: [Call], _ cases: [Case], beside other: Limit?) -> Limit? {
    var best: Limit?
    for scope in Scope.allCases
    where scope != other?.scope && groups.count(scope) <= CallTimes.mostGroups {
      let times = CallTimes(
        calls.map {
          CallTimes.key(groups.group(scope, $0), $0.milliseconds - startMilliseconds)
        })
      for isTrailing in [false, true] {
        var limit = Limit(
          scope: scope, isTrailing: isTrailing, calls: times, chances: RankChances([]))
        limit.chances = chances(limit, cases, beside: other)
        guard limit.chances.deviation > Self.leastDeviation,
          limit.chances.excess > Self.leastExcess,
          limit.chances.deviation > best?.chances.deviation ?? 0
        else { continue }
        best = limit
      }
    }
    return best
  }

  private func chances(_ limit: Limit, _ cases: [Case], beside other: Limit?) -> RankChances {
    RankChances(
      cases.compactMap { one in
        if let other, other.chances.chance(place(other, one.call, nil)) > 0.5 { return nil }
        return (place(limit, one.call, nil), one.isRefused)
      })
  }

  /// A call's place among those of its group within the minute; `changed` are calls that a policy adds
  /// to the recorded ones, or takes from them.
  private func place(
    _ limit: Limit, _ call: Call, _ changed: CallTimes?, _ factor: Double = 1
  ) -> Double {
    let group = groups.group(limit.scope, call)
    let time = call.milliseconds - startMilliseconds
    let from = limit.isTrailing ? max(0, time - 59_999) : time / 60_000 * 60_000
    var units = Double(limit.calls.units(group, in: from..<time))
    if let changed { units += factor * Double(changed.units(group, in: from..<time)) }
    return 1 + max(0, units) / Double(CallTimes.unit)
  }

  /// How likely a call is refused for its rate, with a share of what a policy does to the load.
  func chance(_ call: Call, _ load: ChangedLoad?, _ factor: Double = 1) -> Double {
    var taken = 1.0
    for (place, limit) in limits.enumerated() {
      taken *= 1 - limit.chances.chance(self.place(limit, call, load?.ofLimits[place], factor))
    }
    return 1 - taken
  }

  func key(_ limit: Limit, _ call: Call) -> UInt64 {
    CallTimes.key(groups.group(limit.scope, call), call.milliseconds - startMilliseconds)
  }
}

extension RateLimits {
  /// Numbers of those whose calls count together.
  private struct Groups {
    let providerOf: [Int]
    let providers: Int
    let tenants: Int

    init(providerOf: [Int], tenants: Int) {
      self.providerOf = providerOf
      self.tenants = tenants
      providers = (providerOf.max() ?? 0) + 1
    }

    func count(_ scope: Scope) -> Int {
      switch scope {
      case .provider: providers
      case .model: providerOf.count
      case .tenantOfProvider: tenants * providers
      case .tenantOfModel: tenants * providerOf.count
      }
    }

    func group(_ scope: Scope, _ call: Call) -> Int {
      switch scope {
      case .provider: providerOf[call.model]
      case .model: call.model
      case .tenantOfProvider: Int(call.tenant) * providers + providerOf[call.model]
      case .tenantOfModel: Int(call.tenant) * providerOf.count + call.model
      }
    }
  }
}

/// What a policy adds to the recorded calls, and takes from them.
struct ChangedLoad: Sendable {
  struct Change: Sendable {
    let call: RateLimits.Call
    /// In ``CallTimes/unit``.
    var units: Int64
  }

  /// The changes of one request, those at one moment put together: what the log has too falls out.
  static func merged(_ changes: [Change]) -> [Change] {
    var merged: [Change] = []
    for change in changes.sorted(by: { $0.call < $1.call }) {
      if let last = merged.last, !(last.call < change.call) {
        merged[merged.count - 1].units += change.units
      } else {
        merged.append(change)
      }
    }
    return merged.filter { $0.units != 0 }
  }

  /// In the order of the limits.
  let ofLimits: [CallTimes]

  init(_ changes: [Change], _ limits: RateLimits) {
    ofLimits = limits.limits.map { limit in
      CallTimes(changes.map { (limits.key(limit, $0.call), $0.units) })
    }
  }
}

extension Trace.Line {
  /// Until the next line of the request began, as far as a trace knows.
  var lastedMilliseconds: Int64 {
    Int64(latencyMilliseconds)
      + (work.action == .queue || work.action == .pause ? RateLimits.pauseMilliseconds : 0)
  }
}
