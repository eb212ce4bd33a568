internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// The shares of monthly fees: of the requests that a month served, by start and then by id, so that
/// they add up to the fee.
enum FeeShareCheck {
  static let check = LedgerCheck(
    "fee_shares", "the shares of a tenant's monthly fee are equal and add up to it")

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    var due = try dueShares(database)
    let sums = due.mapValues(\.fee)
    var kept: [TenantMonth: Int128] = [:]
    let rows = try RawStatement(
      database,
      """
      SELECT tenant_id, month, status, fee_share_nano_usd, request_id FROM request
      ORDER BY day, started_ms, request_id
      """)
    while try rows.step() {
      let key = TenantMonth(tenant: rows.int(0), month: rows.int(1))
      let isServed = rows.int(2) <= 3
      let share = isServed ? due[key]?.shares.next() ?? .zero : .zero
      let found = rows.int(3)
      if found != 0 || share != .zero { kept[key, default: 0] += Int128(found) }
      if found != share.nanoUSD {
        breaches.add(
          "request \(rows.text(4)), fee_share_nano_usd", found: String(found),
          expected: String(share.nanoUSD))
      }
    }
    for (key, sum) in kept.sorted(by: {
      ($0.key.month, $0.key.tenant) < ($1.key.month, $1.key.tenant)
    })
    where sum != Int128(sums[key]?.nanoUSD ?? 0) {
      breaches.add(
        "fee of tenant number \(key.tenant) in \(UTCMonth(monthsSince0: Int(key.month)))",
        found: "\(sum) nano-USD in shares", expected: "\(sums[key]?.nanoUSD ?? 0) nano-USD")
    }
  }

  /// The fee of a tenant's month; 0 without one.
  static func fee(
    _ key: TenantMonth, _ ground: RequestWalk.Ground, _ database: Database
  ) throws -> Money {
    let name = try Dimensions(database).tenant(key.tenant)
    return ground.rates.tenants[name]?.fee(of: UTCMonth(monthsSince0: Int(key.month))) ?? .zero
  }

  /// The fee of every tenant and month with one that served something.
  private static func dueShares(
    _ database: Database
  ) throws -> [TenantMonth: (fee: Money, shares: EqualShares)] {
    let histories = try TenantTable.histories(database).filter { $0.value.hasFees }
    guard !histories.isEmpty else { return [:] }
    let dimensions = try Dimensions(database)
    var due: [TenantMonth: (fee: Money, shares: EqualShares)] = [:]
    let served = try RawStatement(
      database,
      """
      SELECT tenant_id, month, count(*) FROM request WHERE status <= 3 GROUP BY tenant_id, month
      """)
    while try served.step() {
      let month = UTCMonth(monthsSince0: Int(served.int(1)))
      guard let fee = histories[try dimensions.tenant(served.int(0))]?.fee(of: month) else {
        continue
      }
      let key = TenantMonth(tenant: served.int(0), month: served.int(1))
      due[key] = (fee, EqualShares(of: fee, over: served.int(2)))
    }
    return due
  }
}
