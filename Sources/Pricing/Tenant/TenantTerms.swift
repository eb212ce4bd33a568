package import Traffic
package import Units

/// What a tenant agreed to from a day on (cli.md, the tenants file).
package struct TenantTerms: Hashable, Sendable {
  package var tenant: Name
  package var effectiveFrom: UTCDay
  package var tier: Name?
  package var monthlyBudget: Money?
  package var prepaidBalance: Money?
  /// Revenue of the month, shared over the requests served in it.
  package var monthlyFee: Money?
  /// Stands in where events carry no revenue.
  package var revenuePerRequest: Money?
  /// When the months of its budget begin.
  package var billing: BillingMonth

  package init(
    tenant: Name, effectiveFrom: UTCDay, tier: Name? = nil, monthlyBudget: Money? = nil,
    prepaidBalance: Money? = nil, monthlyFee: Money? = nil, revenuePerRequest: Money? = nil,
    billing: BillingMonth = .utc
  ) {
    self.tenant = tenant
    self.effectiveFrom = effectiveFrom
    self.tier = tier
    self.monthlyBudget = monthlyBudget
    self.prepaidBalance = prepaidBalance
    self.monthlyFee = monthlyFee
    self.revenuePerRequest = revenuePerRequest
    self.billing = billing
  }
}

/// When the months of a tenant's budget begin. Reports keep to UTC days whatever it says.
package struct BillingMonth: Hashable, Sendable {
  /// 1 to 31; in a month that is shorter, its last day.
  package var firstDay: Int
  /// An IANA name such as `Europe/Berlin`; nil for UTC.
  package var timeZone: Name?

  package static let utc = BillingMonth()

  package init(firstDay: Int = 1, timeZone: Name? = nil) {
    self.firstDay = firstDay
    self.timeZone = timeZone
  }

  /// The day, by the tenant's calendar, on which the billing month of a calendar's month begins.
  package func start(in month: UTCMonth) -> UTCDay {
    let length = month.next.firstDay.daysSince1970 - month.firstDay.daysSince1970
    return month.firstDay.advanced(by: min(firstDay, length) - 1)
  }
}
