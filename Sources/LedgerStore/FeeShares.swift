internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Monthly fees, shared over the requests that the month served so that the shares add up exactly.
///
/// Shares are equal; the nano-dollars that do not divide go to the first requests by start, then by
/// the bytes of their ids.
struct FeeShares {
  private var touched: Set<TenantMonth> = []

  mutating func touch(tenant: Int64, month: Int64) {
    touched.insert(TenantMonth(tenant: tenant, month: month))
  }

  /// Takes all shares back, before terms change.
  static func clear(_ database: Database) throws {
    try database.execute(
      sql: "UPDATE stored_request SET fee_share_nano_usd = 0 WHERE fee_share_nano_usd <> 0")
  }

  /// Shares the fee of every touched month of a tenant anew.
  mutating func flush(
    _ database: Database, _ rates: RateBook, _ dimensions: Dimensions, _ rollups: Rollups
  ) throws {
    let withFees = Set(rates.tenantsWithFees)
    var fees: [Int64: [Int64: Money]] = [:]
    for key in touched {
      let tenant = try dimensions.tenant(key.tenant)
      guard withFees.contains(tenant), let history = rates.tenant(tenant) else { continue }
      fees[key.month, default: [:]][key.tenant] =
        history.fee(of: UTCMonth(monthsSince0: Int(key.month))) ?? .zero
    }
    touched.removeAll()
    for (month, fees) in fees.sorted(by: { $0.key < $1.key }) {
      try share(fees, month: UTCMonth(monthsSince0: Int(month)), database, rollups)
    }
  }

  /// Gives each tenant's requests of a month their shares, in one walk over the month.
  private func share(
    _ fees: [Int64: Money], month: UTCMonth, _ database: Database, _ rollups: Rollups
  ) throws {
    let from = Int64(month.firstDay.daysSince1970)
    let to = Int64(month.next.firstDay.daysSince1970)
    let count = try RawStatement(
      database,
      """
      SELECT tenant_id, sum(status <= 3) FROM request
      WHERE day >= ? AND day < ? GROUP BY tenant_id
      """)
    count.add(from)
    count.add(to)
    var shares: [Int64: EqualShares] = [:]
    while try count.step() {
      if let fee = fees[count.int(0)] {
        shares[count.int(0)] = EqualShares(of: fee, over: count.int(1))
      }
    }
    let walk = try RawStatement(
      database,
      """
      SELECT id, tenant_id, status, fee_share_nano_usd, started_ms, workflow_id, traffic_class,
        effective_tier_id, primary_model_id, served_model_id
      FROM request
      WHERE day >= ? AND day < ? ORDER BY day, started_ms, request_id
      """)
    let give = try RawStatement(
      database, "UPDATE stored_request SET fee_share_nano_usd = ? WHERE id = ?")
    walk.add(from)
    walk.add(to)
    while try walk.step() {
      let tenant = walk.int(1)
      guard shares[tenant] != nil else { continue }
      let share = walk.int(2) <= 3 ? shares[tenant]?.next() ?? .zero : .zero
      guard share.nanoUSD != walk.int(3) else { continue }
      give.add(share.nanoUSD)
      give.add(walk.int(0))
      try give.run()
      rollups.shift(fee: share.nanoUSD - walk.int(3), of: Self.part(walk))
    }
  }

  /// What of a request the rollups find it by.
  private static func part(_ row: RawStatement) -> RequestPart {
    let part = RequestPart()
    part.startedAt = Timestamp(milliseconds: row.int(4))
    part.attribution[AttributionField.tenant.index] = row.int(1)
    part.attribution[AttributionField.workflow.index] = row.int(5)
    part.trafficClass = row.optionalInt(6).flatMap { Code.word(TrafficClass.self, $0) }
    part.effectiveTier = row.int(7)
    part.primary = row.int(8)
    part.served = row.int(9)
    return part
  }
}
