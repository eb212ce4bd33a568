internal import Finance
internal import Pricing
internal import Traffic
internal import Units

/// From which account, filled in advance, a call is drawn.
final class PrepaidAccounts {
  private struct TenantDay: Hashable {
    let tenant: Name
    let day: UTCDay
  }

  private let rates: RateBook
  /// The first payment to each provider that is paid in advance.
  private let providers: [Name: UTCDay]
  private var tenants: [TenantDay: Bool] = [:]

  init(_ rates: RateBook, _ charges: [ProviderCharge]) {
    self.rates = rates
    let payments = charges.filter { $0.kind == .purchase && $0.amount != .zero }
    providers = Dictionary(payments.map { ($0.provider, $0.day) }, uniquingKeysWith: min)
  }

  func account(of tenant: Name, _ provider: Name, on day: UTCDay) -> ChargeFact.Prepaid {
    if let first = providers[provider], first <= day { return .atProvider }
    let key = TenantDay(tenant: tenant, day: day)
    let isPrepaid = tenants[key] ?? (rates.tenant(tenant)?.prepaid(on: day) != nil)
    tenants[key] = isPrepaid
    return isPrepaid ? .byTenant : .no
  }
}
