internal import GRDB
internal import Traffic
internal import Units

/// The latest limits that events named of their tenants' months (`budget_limit`), as they change
/// during a transaction. Lines are never taken back, so the latest stays the latest.
struct BudgetLimits {
  /// By tenant and month.
  private let limits = NumberTable<BudgetLimit>()

  /// Takes note of the limit that a line's budget names.
  func note(_ line: RequestPart.Line) {
    guard let limit = line.budget.limit, line.tenant != 0 else { return }
    let new = BudgetLimit(at: line.startedAt.milliseconds, limit: limit.nanoUSD)
    let month = Int64(line.startedAt.day.month.monthsSince0)
    limits.update(SIMD4(line.tenant, month, 0, 0), first: new) { $0 = max($0, new) }
  }

  /// Writes what is later than what the ledger has, and forgets it.
  func flush(_ database: Database) throws {
    guard !limits.keys.isEmpty else { return }
    let write = try RawStatement(
      database,
      """
      INSERT INTO budget_limit (month, tenant_id, at_ms, limit_nano_usd) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, limit_nano_usd = excluded.limit_nano_usd
      WHERE (excluded.at_ms, excluded.limit_nano_usd) > (at_ms, limit_nano_usd)
      """)
    try limits.forEach { key, limit in
      for value in [key[1], key[0], limit.at, limit.limit] { write.add(value) }
      try write.run()
    }
    limits.removeAll()
  }
}

struct TenantMonth: Hashable {
  let tenant: Int64
  let month: Int64
}

/// The latest limit of a month that events named, ties by the larger.
private struct BudgetLimit: Hashable, Comparable {
  let at: Int64
  let limit: Int64

  static func < (left: BudgetLimit, right: BudgetLimit) -> Bool {
    (left.at, left.limit) < (right.at, right.limit)
  }
}
