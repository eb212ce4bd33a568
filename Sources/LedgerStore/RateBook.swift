internal import GRDB
internal import PolicyEngine
internal import PolicyFile
internal import Pricing
internal import Traffic
internal import Units

/// ``Rates`` by the ledger's numbers, with what was looked up in them.
final class RateBook: RateCard {
  private let rates: Rates
  private let dimensions: Dimensions
  private var tenantsByNumber: [Int64: TenantHistory?] = [:]
  private var models: [Int64: ModelID] = [:]
  private var histories: [Int64: PriceHistory?] = [:]
  private var grades: [GradeKey: Grade?] = [:]
  private var tenantNames: [Int64: Name] = [:]
  private var contracted: [ContractKey: ModelPrice?] = [:]

  private struct ContractKey: Hashable {
    let model: Int64
    let tenant: Int64
    let day: UTCDay
  }

  private struct GradeKey: Hashable {
    let policy: Int
    let model: Int64
  }

  init(_ rates: Rates, _ dimensions: Dimensions) {
    self.rates = rates
    self.dimensions = dimensions
  }

  /// Looks up a model before its price or grade is asked for.
  func learn(_ model: Int64) throws {
    if models[model] == nil { models[model] = try dimensions.model(model) }
  }

  /// Looks up a tenant before its contracts are asked for.
  func learn(tenant: Int64) throws {
    guard !rates.contracts.isEmpty, tenantNames[tenant] == nil else { return }
    tenantNames[tenant] = try dimensions.tenant(tenant)
  }

  /// Looks up the models of a request's lines and its tenant.
  func learn(_ links: [Link], tenant: Int64) throws {
    try learn(tenant: tenant)
    for link in links {
      if let route = link.route { try learn(route.model) }
      if let base = link.pricedAs { try learn(base) }
      if let model = link.answeredAs { try learn(model) }
    }
  }

  private(set) lazy var hasFees = !tenantsWithFees.isEmpty

  var tenantsWithFees: [Name] {
    rates.tenants.filter { $0.value.hasFees }.map(\.key)
  }

  func tenant(_ name: Name) -> TenantHistory? { rates.tenants[name] }

  /// By the ledger's number.
  func tenant(_ id: Int64) throws -> TenantHistory? {
    guard !rates.tenants.isEmpty else { return nil }
    if let known = tenantsByNumber[id] { return known }
    let history = rates.tenants[try dimensions.tenant(id)]
    tenantsByNumber[id] = .some(history)
    return history
  }

  /// The policy in force on a day.
  func policy(on day: UTCDay) -> Policy? { rates.policies.last { $0.from <= day }?.policy }

  private(set) lazy var hasPrices = !rates.prices.isEmpty || !rates.contracts.isEmpty

  func price(of model: Int64, on day: UTCDay) -> ModelPrice? {
    history(of: model)?.price(on: day)
  }

  func callPrice(of model: Int64, tenant: Int64, on day: UTCDay) -> CallPrice {
    guard hasPrices else { return CallPrice(list: nil) }
    let list = price(of: model, on: day)
    guard !rates.contracts.isEmpty else { return CallPrice(list: list) }
    let key = ContractKey(model: model, tenant: tenant, day: day)
    if let known = contracted[key] { return CallPrice(list: list, contracted: known) }
    var price: ModelPrice?
    if let id = models[model], let tenant = tenantNames[tenant] {
      price = rates.contracts.contract(for: id, tenant: tenant, on: day)?.price(list: list)
    }
    if contracted.count >= Self.mostContracted { contracted.removeAll(keepingCapacity: true) }
    contracted[key] = .some(price)
    return CallPrice(list: list, contracted: price)
  }

  /// Which price book a call's price is of: `list-2026-01-01`, `contract-2026-10-01`, or `none`.
  func priceVersion(of model: Int64, tenant: Int64, on day: UTCDay) -> String {
    if let id = models[model], let tenant = tenantNames[tenant],
      let contract = rates.contracts.contract(for: id, tenant: tenant, on: day)
    {
      return "contract-\(contract.from)"
    }
    return history(of: model)?.start(on: day).map { "list-\($0)" } ?? "none"
  }

  /// Every tenant with terms or payments.
  var tenantNamesWithTerms: [Name] { Array(rates.tenants.keys) }

  /// Prices by contract kept in memory.
  private static let mostContracted = 50_000

  func grade(of model: Int64, on day: UTCDay) -> Grade? {
    if let index = rates.policies.lastIndex(where: { $0.from <= day }) {
      let key = GradeKey(policy: index, model: model)
      let grade: Grade?
      if let known = grades[key] {
        grade = known
      } else {
        grade = models[model].flatMap { rates.policies[index].policy.grade(of: $0) }
        grades[key] = grade
      }
      if let grade { return grade }
    }
    return price(of: model, on: day)?.grade
  }

  /// cli.md: the gateway's class, else what the policy in force says; nil where none is in force.
  func trafficClass(given: TrafficClass?, _ attribution: () throws -> Attribution, on day: UTCDay)
    rethrows -> TrafficClass?
  {
    if let given { return given }
    guard let policy = rates.policies.last(where: { $0.from <= day })?.policy else { return nil }
    return policy.reportedClass(of: try attribution(), given: nil)
  }

  private func history(of model: Int64) -> PriceHistory? {
    if let known = histories[model] { return known }
    let history = models[model].flatMap { rates.prices[$0] }
    histories[model] = history
    return history
  }
}
