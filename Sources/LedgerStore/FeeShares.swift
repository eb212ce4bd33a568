internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Monthly fees, shared over the requests that the month served so that the shares add up exactly.
///
/// Shares are equal; the nano-dollars that do not divide go to the first requests by start, then by
/// the bytes of their ids.
struct FeeShares {
  private struct TenantMonth: Hashable, Comparable {
    let tenant: Int64
    let month: Int64

    static func < (left: TenantMonth, right: TenantMonth) -> Bool {
      (left.tenant, left.month) < (right.tenant, right.month)
    }
  }

  private var touched: Set<TenantMonth> = []

  mutating func touch(tenant: Int64, month: Int64) {
    touched.insert(TenantMonth(tenant: tenant, month: month))
  }

  /// Shares the fee of every touched month of a tenant anew.
  mutating func flush(_ database: Database, _ rates: RateBook, _ dimensions: Dimensions) throws {
    let withFees = Set(rates.tenantsWithFees)
    let clear = try RawStatement(
      database,
      """
      UPDATE request SET fee_share_nano_usd = 0
      WHERE tenant_id = ? AND month = ? AND fee_share_nano_usd <> 0
      """)
    let served = try RawStatement(
      database,
      """
      SELECT id FROM request WHERE tenant_id = ? AND month = ? AND status <= 3
      ORDER BY started_ms, request_id
      """)
    let give = try RawStatement(
      database, "UPDATE request SET fee_share_nano_usd = ? WHERE id = ?")
    for key in touched.sorted() {
      clear.add(key.tenant)
      clear.add(key.month)
      try clear.run()
      let tenant = try dimensions.tenant(key.tenant)
      let month = UTCMonth(monthsSince0: Int(key.month))
      guard withFees.contains(tenant), let fee = rates.tenant(tenant)?.fee(of: month) else {
        continue
      }
      var requests: [Int64] = []
      served.add(key.tenant)
      served.add(key.month)
      while try served.step() { requests.append(served.int(0)) }
      for (request, share) in zip(requests, fee.shared(equallyOver: requests.count)) {
        give.add(share.nanoUSD)
        give.add(request)
        try give.run()
      }
    }
    touched.removeAll()
  }
}
