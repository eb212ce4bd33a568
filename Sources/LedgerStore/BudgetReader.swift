package import GRDB
package import PolicyAnalysis
package import PolicyEngine
package import Pricing
package import Traffic
package import Units

/// A tenant's budget at a moment.
package struct BudgetState: Hashable, Sendable {
  package enum LimitSource: Hashable, Sendable {
    /// The terms in force since that day.
    case terms(UTCDay)
    /// The latest snapshot that an event carried.
    case events
  }

  package struct Prepaid: Hashable, Sendable {
    /// The day from which spending counts against it.
    package let since: UTCDay
    package let paid: Money
    package let spent: Money
    /// The request with which it was used up; nil while there is some left.
    package let exhaustedBy: Name?
    package let exhaustedAt: Timestamp?

    /// Negative where more was spent than paid.
    package var left: Money { Money(nanoUSD: paid.nanoUSD - spent.nanoUSD) }
  }

  package let tenant: Name
  package let at: Timestamp
  /// The budget month; `to` is its end, which may lie ahead.
  package let month: Period
  package let billing: BillingMonth
  package let limit: Money?
  package let limitSource: LimitSource?
  /// What was booked in the month before the moment.
  package let run: BudgetRun
  package let utilisation: Ratio?
  /// By the policy in force on the moment's day; nil below every stage, without a limit or a policy.
  package let stage: BudgetStage?
  package let prepaid: Prepaid?
  package let spentAgreement: SnapshotAgreement
  package let prepaidAgreement: SnapshotAgreement
}

/// Reads what a tenant had spent at a moment, out of the requests that started before it.
///
/// A request is booked whole when it starts, in the order of (start, request id): what a gateway could
/// know at a line is what was booked before its request.
package struct BudgetReader {
  private let tenant: Name
  private let history: TenantHistory?
  private let policies: [(from: UTCDay, policy: Policy)]
  private var calendar = BudgetCalendar()

  /// - Throws: ``LedgerError`` for a tenant that the ledger does not know.
  package static func read(
    _ database: Database, tenant: Name, at time: Timestamp
  ) throws -> BudgetState {
    var reader = try BudgetReader(database, tenant)
    return try reader.state(database, at: time)
  }

  private init(_ database: Database, _ tenant: Name) throws {
    self.tenant = tenant
    history = try TenantTable.histories(database)[tenant]
    policies = try PolicyTable.all(database)
  }

  private mutating func state(_ database: Database, at time: Timestamp) throws -> BudgetState {
    let number = try Int64.fetchOne(
      database, sql: "SELECT id FROM tenant WHERE name = ?", arguments: [tenant.text])
    guard number != nil || history != nil else {
      throw LedgerError(
        .data, "the ledger has no tenant `\(tenant)`",
        remedy: "see `report --by tenant_id` for those it has")
    }
    let terms = history?.terms(on: time.day)
    let billing = terms?.billing ?? .utc
    let month = calendar.month(of: billing, at: time)
    let account = history?.prepaid(on: time.day)
    let start = [month.from, account?.from.start].compactMap(\.self).min() ?? month.from

    var run = BudgetRun()
    var eventLimit: Money?
    var prepaidSpent = Money.zero
    var exhausted: (request: Name, at: Timestamp)?
    var spentAgreement = SnapshotAgreement()
    var prepaidAgreement = SnapshotAgreement()
    let rows = try BudgetRows(database)
    try rows.forEach(tenant: number ?? 0, from: start, to: time) { row in
      let lines = row.hasSnapshot ? try rows.snapshots(of: row.id) : []
      let isInMonth = row.startedAt >= month.from
      for line in lines {
        if isInMonth, let spent = line.spent {
          spentAgreement.add(
            gateway: spent, ledger: run.spent, request: row.name, startedAt: row.startedAt)
        }
        if let balance = line.prepaidBalance,
          let holding = history?.prepaid(on: row.startedAt.day), holding.from == account?.from
        {
          let left = Int128(holding.balance.nanoUSD) - Int128(prepaidSpent.nanoUSD)
          prepaidAgreement.add(
            gateway: balance, ledger: Money(nanoUSD: max(0, Int64(clamping: left))),
            request: row.name, startedAt: row.startedAt)
        }
        if isInMonth, let limit = line.limit { eventLimit = limit }
      }
      if let account, row.startedAt >= account.from.start {
        prepaidSpent = try prepaidSpent.adding(row.cost)
        let paid = history?.prepaid(on: row.startedAt.day)?.balance ?? account.balance
        if prepaidSpent < paid {
          exhausted = nil
        } else if exhausted == nil {
          exhausted = (row.name, row.startedAt)
        }
      }
      guard isInMonth else { return }
      let limit = history?.terms(on: row.startedAt.day)?.monthlyBudget ?? eventLimit
      try run.book(
        .init(request: row.name, startedAt: row.startedAt, cost: row.cost, limit: limit),
        under: policy(on: row.startedAt.day))
    }

    let limit = terms?.monthlyBudget ?? eventLimit
    let utilisation = limit.flatMap { Ratio(run.spent, of: $0) }
    let isUsedUp = account.map { prepaidSpent >= $0.balance } ?? false
    return BudgetState(
      tenant: tenant, at: time, month: Period(from: month.from, to: month.to),
      billing: billing, limit: limit,
      limitSource: terms?.monthlyBudget != nil
        ? terms.map { .terms($0.effectiveFrom) } : eventLimit.map { _ in .events },
      run: run, utilisation: utilisation,
      stage: utilisation.flatMap { policy(on: time.day)?.stage(at: $0) },
      prepaid: account.map {
        .init(
          since: $0.from, paid: $0.balance, spent: prepaidSpent,
          exhaustedBy: isUsedUp ? exhausted?.request : nil,
          exhaustedAt: isUsedUp ? exhausted?.at : nil)
      },
      spentAgreement: spentAgreement, prepaidAgreement: prepaidAgreement)
  }

  private func policy(on day: UTCDay) -> Policy? { policies.last { $0.from <= day }?.policy }
}

/// A tenant's requests, and the snapshots that their lines carry.
private final class BudgetRows {
  struct Row {
    let id: Int64
    let name: Name
    let startedAt: Timestamp
    let cost: Money
    let hasSnapshot: Bool
  }

  private let requests: RawStatement
  private let attempts: RawStatement

  init(_ database: Database) throws {
    requests = try RawStatement(
      database,
      """
      SELECT id, request_id, started_ms, cost_nano_usd,
        EXISTS (SELECT * FROM attempt a WHERE a.request_id = request.id
          AND coalesce(a.budget_limit_nano_usd, a.budget_spent_nano_usd,
            a.prepaid_balance_nano_usd) IS NOT NULL)
      FROM request WHERE day BETWEEN ? AND ? AND started_ms >= ? AND started_ms < ? AND tenant_id = ?
      ORDER BY started_ms, request_id
      """)
    attempts = try RawStatement(
      database,
      """
      SELECT budget_limit_nano_usd, budget_spent_nano_usd, prepaid_balance_nano_usd
      FROM attempt WHERE request_id = ? ORDER BY position, event_id
      """)
  }

  func forEach(
    tenant: Int64, from: Timestamp, to: Timestamp, _ body: (Row) throws -> Void
  ) throws {
    requests.add(Int64(from.day.daysSince1970))
    requests.add(Int64(to.day.daysSince1970))
    requests.add(from.milliseconds)
    requests.add(to.milliseconds)
    requests.add(tenant)
    defer { requests.reset() }
    while try requests.step() {
      try body(
        Row(
          id: requests.int(0), name: Name(requests.text(1)),
          startedAt: Timestamp(milliseconds: requests.int(2)),
          cost: Money(nanoUSD: requests.int(3)), hasSnapshot: requests.int(4) == 1))
    }
  }

  func snapshots(of request: Int64) throws -> [BudgetSnapshot] {
    var snapshots: [BudgetSnapshot] = []
    attempts.add(request)
    while try attempts.step() {
      func money(_ column: Int32) -> Money? {
        attempts.optionalInt(column).map(Money.init(nanoUSD:))
      }
      snapshots.append(
        BudgetSnapshot(limit: money(0), spent: money(1), prepaidBalance: money(2)))
    }
    return snapshots
  }
}
