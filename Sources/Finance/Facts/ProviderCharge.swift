package import Traffic
package import Units

/// A charge beside calls, as a provider's invoice states it.
package struct ProviderCharge: Hashable, Sendable {
  /// Raw values are read and stored.
  package enum Kind: String, CaseIterable, Sendable {
    /// What the provider gives back, below 0.
    case credit
    /// A payment in advance; from its day on the provider's calls are drawn from it.
    case purchase
    case tax
  }

  /// Its own name, by which a later file replaces it.
  package var reference: Name
  package var day: UTCDay
  package var provider: Name
  package var kind: Kind
  package var amount: Money
  /// The tenant that it is for; nil for all.
  package var tenant: Name?
  package var description: Name?

  package init(
    reference: Name, day: UTCDay, provider: Name, kind: Kind, amount: Money, tenant: Name? = nil,
    description: Name? = nil
  ) {
    self.reference = reference
    self.day = day
    self.provider = provider
    self.kind = kind
    self.amount = amount
    self.tenant = tenant
    self.description = description
  }
}
