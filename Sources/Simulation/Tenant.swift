package import Traffic
package import Units

/// A customer of the company.
package struct Tenant: Hashable, Sendable {
  package let name: Name
  package let tier: Name
  /// nil: no limit.
  package let monthlyBudget: Money?
  /// Its share of the traffic, against the other tenants.
  let weight: Int
  /// People of it whom the log names.
  let users: Int

  /// The first are the largest. Some have budgets that they outgrow, one in eight has none.
  static func list(_ count: Int, _ plan: SpendPlan) -> [Tenant] {
    let weights = (0..<count).map { 6_000 / ($0 + 3) }
    let sum = weights.reduce(0, +)
    return (0..<count).map { place in
      let round = place / names.count
      let name = names[place % names.count]
      return Tenant(
        name: Name(round == 0 ? name : "\(name)-\(round + 1)"), tier: tiers[place % tiers.count],
        monthlyBudget: budgetPercent[place % budgetPercent.count].map {
          plan.budget(percent: $0, weight: weights[place], of: sum)
        },
        weight: weights[place], users: 4 + weights[place] / 100)
    }
  }

  private static let names = [
    "alder-books", "birch-clinics", "cedar-freight", "dune-travel", "elm-insurance", "fjord-bank",
    "grove-foods", "heath-legal", "iris-media", "juniper-homes",
  ]
  private static let tiers: [Name] = [
    "enterprise", "pro", "startup", "enterprise", "free", "pro", "startup", "free",
  ]
  /// Of what the tenant is expected to spend in the month.
  private static let budgetPercent: [Int?] = [150, 105, 88, nil, 62, 180, 120, 75]
}
