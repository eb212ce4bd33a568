package import PolicyEngine
package import Traffic
package import Units

/// A tenant's budget month as its requests were booked, one by one in the order of (start, id).
package struct BudgetRun: Hashable, Sendable {
  /// The moment at which a stage was reached.
  package struct Crossing: Hashable, Sendable {
    package let stage: BudgetStage
    /// The utilisation from which the stage holds.
    package let threshold: Ratio
    /// The request that was booked then.
    package let request: Name
    package let startedAt: Timestamp
    /// With the request's own cost.
    package let spent: Money
    package let limit: Money
  }

  /// A request as it is booked.
  package struct Booking: Hashable, Sendable {
    package let request: Name
    package let startedAt: Timestamp
    package let cost: Money
    /// In force when the request started.
    package let limit: Money?

    package init(request: Name, startedAt: Timestamp, cost: Money, limit: Money?) {
      self.request = request
      self.startedAt = startedAt
      self.cost = cost
      self.limit = limit
    }
  }

  package private(set) var spent = Money.zero
  package private(set) var requests: Int64 = 0
  package private(set) var stage: BudgetStage?
  /// In the order in which they happened; a stage that was left, as a limit rose, may come again.
  package private(set) var crossings: [Crossing] = []

  package init() {}

  /// Books a request under the policy in force on its day.
  /// - Throws: ``UnitError`` if the sum leaves 64 bits.
  package mutating func book(_ booking: Booking, under policy: Policy?) throws(UnitError) {
    spent = try spent.adding(booking.cost)
    requests += 1
    guard let policy, let limit = booking.limit else {
      stage = nil
      return
    }
    let reached = policy.stage(at: Ratio(spent, of: limit))
    for next in BudgetStage.allCases {
      guard let reached, next <= reached, stage.map({ $0 < next }) ?? true,
        let threshold = policy.definition.stages[next]
      else { continue }
      crossings.append(
        Crossing(
          stage: next, threshold: threshold, request: booking.request,
          startedAt: booking.startedAt, spent: spent, limit: limit))
    }
    stage = reached
  }
}

/// How far what gateways wrote of a budget is from what the ledger booked.
package struct SnapshotAgreement: Hashable, Sendable {
  /// A line whose snapshot says something else.
  package struct Difference: Hashable, Sendable {
    package let request: Name
    package let startedAt: Timestamp
    package let gateway: Money
    package let ledger: Money

    /// What the gateway saw more than there was; negative where it saw less. Wide, as one may be far off.
    package var off: Int128 { Int128(gateway.nanoUSD) - Int128(ledger.nanoUSD) }
  }

  package private(set) var snapshots: Int64 = 0
  package private(set) var agreeing: Int64 = 0
  /// The one that is off by most; of equals the first.
  package private(set) var largest: Difference?
  package private(set) var latest: Difference?

  package init() {}

  package mutating func add(
    gateway: Money, ledger: Money, request: Name, startedAt: Timestamp
  ) {
    snapshots += 1
    guard gateway != ledger else {
      agreeing += 1
      return
    }
    let difference = Difference(
      request: request, startedAt: startedAt, gateway: gateway, ledger: ledger)
    if (largest?.off.magnitude ?? 0) < difference.off.magnitude { largest = difference }
    latest = difference
  }
}
