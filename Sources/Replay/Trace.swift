package import Pricing
package import Traffic
package import Units

/// Recorded traffic in columns: what replay walks over, small enough to keep a month in memory.
///
/// Names stand as numbers; requests are in the order of their tenants, then of (start, request id).
package struct Trace: Sendable {
  /// One request, with its lines at `firstLine ..< firstLine + lineCount`.
  package struct Request: Sendable {
    package var startedAt: Timestamp
    /// What the tenant pays if it is served.
    package var revenue: Money
    /// The tenant's limit of the month; ``noLimit`` without one.
    package var limitNanoUSD: Int64
    /// What the log says was spent of the month, less what the ledger had booked.
    package var spentOffsetNanoUSD: Int64
    /// What the ledger has as its planned cost, where a model served it; ``noLimit`` where it has none.
    package var plannedNanoUSD: Int64
    /// The ledger's own number.
    package var row: Int64
    package var firstLine: Int32
    package var tenant: Int32
    package var profile: Int32
    /// What kind of work it is, for token counts: the workflow.
    package var stratum: Int32
    package var planCell: Int32
    package var group: Int32
    /// 0 without one.
    package var session: Int32
    package var lineCount: UInt8
    package var status: UInt8
    package var isDowngraded: Bool
    /// Outside the period asked for: it is booked as recorded and not counted.
    package var isContext: Bool

    package static let noLimit = Int64.min

    static let placeholder = Request(
      startedAt: Timestamp(milliseconds: 0), revenue: .zero, limitNanoUSD: noLimit,
      spentOffsetNanoUSD: 0, plannedNanoUSD: noLimit, row: 0, firstLine: 0, tenant: 0, profile: 0,
      stratum: 0, planCell: 0,
      group: 0, session: 0, lineCount: 0, status: 0, isDowngraded: false, isContext: true)

    var lines: Range<Int> { Int(firstLine)..<Int(firstLine) + Int(lineCount) }
    var planned: Money? {
      plannedNanoUSD == Self.noLimit ? nil : Money(nanoUSD: plannedNanoUSD)
    }

    var limit: Money? {
      limitNanoUSD == Self.noLimit ? nil : Money(nanoUSD: limitNanoUSD)
    }
  }

  /// One line of a request.
  package struct Line: Sendable {
    package var cost: Money
    package var latencyMilliseconds: Int32
    package var input: Int32
    package var cachedInput: Int32
    package var cacheWrite: Int32
    package var output: Int32
    /// Among ``Trace/routes``; -1 for an action.
    package var route: Int16
    package var work: LineWork
    package var isUnpriced: Bool

    package init(
      cost: Money, latencyMilliseconds: Int32, input: Int32, cachedInput: Int32,
      cacheWrite: Int32, output: Int32, route: Int16, work: LineWork, isUnpriced: Bool
    ) {
      self.cost = cost
      self.latencyMilliseconds = latencyMilliseconds
      self.input = input
      self.cachedInput = cachedInput
      self.cacheWrite = cacheWrite
      self.output = output
      self.route = route
      self.work = work
      self.isUnpriced = isUnpriced
    }
  }

  /// The requests that the engine cannot tell apart before any attempt.
  package struct Profile: Hashable, Sendable {
    /// The fields that a policy looks at; the others are left out.
    package var attribution: Attribution
    package var givenClass: TrafficClass?
    package var primary: Int
  }

  /// Requests whose planned costs are averaged (events.md, "Planned cost").
  package struct PlanCell: Hashable, Sendable {
    package var day: UTCDay
    /// 0 for none.
    package var workflow: Int32
    package var primaryModel: Int32
    /// Among ``Trace/planMonths``.
    package var month: Int32
  }

  package struct PlanMonth: Hashable, Sendable {
    package var month: UTCMonth
    package var primaryModel: Int32
  }

  package internal(set) var routes: [Route] = []
  package internal(set) var models: [ModelID] = []
  /// The model of each route.
  package internal(set) var modelOfRoute: [Int] = []
  package internal(set) var tenants: [Name] = []
  package internal(set) var histories: [TenantHistory?] = []
  package internal(set) var profiles: [Profile] = []
  package internal(set) var strata: [Name?] = []
  package internal(set) var groups: [[String?]] = []
  package internal(set) var planCells: [PlanCell] = []
  package internal(set) var planMonths: [PlanMonth] = []
  package internal(set) var requests: [Request] = []
  package internal(set) var lines: [Line] = []
  /// The requests of each tenant.
  package internal(set) var ofTenant: [Range<Int>] = []
  /// What a line knew of the month where it is not what the request's first line knew.
  package internal(set) var laterStandings: [Int32: Standing] = [:]
  /// Balances paid in advance that the log names, by request.
  package internal(set) var prepaidBalances: [Int32: Money] = [:]

  package struct Standing: Hashable, Sendable {
    package var limit: Money?
    package var spent: Money?
  }
}

extension Trace.Line {
  /// The line's work, with a drop that gave at least this many tokens told apart.
  func work(useful tokens: Int64) -> LineWork {
    work.failureKind == .streamDropped && Int64(output) >= tokens ? .usefulDrop : work
  }
}

extension Trace {
  /// What the log says a request cost, in nano-USD.
  func cost(of request: Request) -> Int64 {
    var sum: Int64 = 0
    for line in request.lines { sum &+= lines[line].cost.nanoUSD }
    return sum
  }
}

/// What a line did, in one byte: a success, a failure by its kind, or an action.
package struct LineWork: Hashable, Sendable {
  let code: UInt8

  package static let success = LineWork(code: 0)
  /// A dropped stream that gave useful output: like its kind, and never retryable.
  static let usefulDrop = LineWork(code: 15)
  private static let firstAction: UInt8 = 32
  static let kinds = FailureKind.allCases
  private static let actions = StepActionCodes.all

  init(code: UInt8) { self.code = code }

  package static func failure(_ kind: FailureKind) -> LineWork {
    LineWork(code: UInt8(1 + (kinds.firstIndex(of: kind) ?? 0)))
  }

  package static func action(_ action: Action) -> LineWork {
    LineWork(code: firstAction + UInt8(actions.firstIndex(of: action) ?? 0))
  }

  var isAction: Bool { code >= Self.firstAction }
  var isSuccess: Bool { code == 0 }
  var isFailure: Bool { code > 0 && code < Self.firstAction }

  /// nil for what is no failure.
  var failureKind: FailureKind? {
    guard isFailure else { return nil }
    return self == .usefulDrop ? .streamDropped : Self.kinds[Int(code) - 1]
  }

  var action: Action? { isAction ? Self.actions[Int(code - Self.firstAction)] : nil }
  /// Nothing comes after it.
  var settles: Bool { isSuccess || isAction && !(action == .queue || action == .pause) }
  var isProviderFailure: Bool { failureKind?.isProviderFailure ?? false }
}

private enum StepActionCodes {
  static let all = Action.allCases
}
