package import Traffic
package import Units

/// A payment in advance.
package struct TopUp: Hashable, Sendable {
  package var tenant: Name
  /// From this day on it can be spent.
  package var day: UTCDay
  package var amount: Money
  /// Tells payments of one day apart, such as an invoice's number; nil for a day's only one.
  package var reference: Name?

  package init(tenant: Name, day: UTCDay, amount: Money, reference: Name? = nil) {
    self.tenant = tenant
    self.day = day
    self.amount = amount
    self.reference = reference
  }
}
