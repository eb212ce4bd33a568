package import Traffic
package import Units

/// What a row of the FOCUS export charges for.
package struct ChargeFact: Hashable, Sendable {
  /// FOCUS 1.2, ChargeCategory.
  package enum Category: String, Sendable {
    case usage = "Usage"
    case purchase = "Purchase"
    /// What the provider's own figure or the rounding of single calls adds to price times quantity.
    case adjustment = "Adjustment"
    /// What a provider gives back, below 0.
    case credit = "Credit"
    case tax = "Tax"
  }

  /// Why a call was made. Raw values are printed.
  package enum Role: String, Sendable {
    case primary
    case fallback
    case failedAttempt = "failed-attempt"
    /// A success after the one that served.
    case superseded
    /// A step that called no model.
    case step
    case none = ""
  }

  /// How the cost is known. Raw values are printed.
  package enum Basis: String, Sendable {
    case computed
    case reported = "provider-reported"
    case unpriced
    case paid
    /// A charge beside calls, as a provider's invoice states it.
    case invoiced
  }

  /// From whose account, filled in advance, a charge is drawn. Raw values are stored.
  package enum Prepaid: String, Sendable {
    case no = ""
    case byTenant = "prepaid"
    /// The gateway's own account with the provider.
    case atProvider = "provider"
  }

  // The grain, in the order of the rows.
  package var day: UTCDay
  package var tenant: Name
  package var workflow: Name
  package var trafficClass: Name
  package var requested: Name
  package var provider: Name
  package var model: Name
  package var role: Role
  package var category: Category
  /// The kind of token, `per_request`, or what an adjustment or a tenant's payment is; of a charge beside
  /// calls its reference.
  package var meter: Name
  // What parts the grain where prices differ within it.
  /// Of a charge beside calls its description.
  package var priceVersion: Name
  package var listPrice: UnitPrice
  package var contractedPrice: UnitPrice
  package var basis: Basis
  /// Where it is drawn from a balance paid in advance, nothing is billed.
  package var prepaid: Prepaid

  package init(
    day: UTCDay, tenant: Name, workflow: Name = "", trafficClass: Name = "", requested: Name = "",
    provider: Name, model: Name = "", role: Role = .none, category: Category, meter: Name,
    priceVersion: Name = "", listPrice: UnitPrice = .zero, contractedPrice: UnitPrice = .zero,
    basis: Basis, prepaid: Prepaid = .no
  ) {
    self.day = day
    self.tenant = tenant
    self.workflow = workflow
    self.trafficClass = trafficClass
    self.requested = requested
    self.provider = provider
    self.model = model
    self.role = role
    self.category = category
    self.meter = meter
    self.priceVersion = priceVersion
    self.listPrice = listPrice
    self.contractedPrice = contractedPrice
    self.basis = basis
    self.prepaid = prepaid
  }

  /// Fields of the key that say the grain; rows that share them charge for the same thing at
  /// different prices.
  package static let grain = 10

  package var key: FactKey {
    FactKey([
      Name(day.description), tenant, workflow, trafficClass, requested, provider, model,
      Name(role.rawValue), Name(category.rawValue), meter, priceVersion,
      Name(String(listPrice.yoctoUSD)), Name(String(contractedPrice.yoctoUSD)),
      Name(basis.rawValue), Name(prepaid.rawValue),
    ])
  }

  /// Nil for a key that ``key`` did not make.
  package init?(_ key: FactKey) {
    let fields = key.fields
    guard fields.count == 15, let day = UTCDay(fields[0].text),
      let role = Role(rawValue: fields[7].text), let category = Category(rawValue: fields[8].text),
      let list = Int128(fields[11].text), let contracted = Int128(fields[12].text),
      let basis = Basis(rawValue: fields[13].text), let prepaid = Prepaid(rawValue: fields[14].text)
    else { return nil }
    self.init(
      day: day, tenant: fields[1], workflow: fields[2], trafficClass: fields[3],
      requested: fields[4], provider: fields[5], model: fields[6], role: role, category: category,
      meter: fields[9], priceVersion: fields[10], listPrice: UnitPrice(yoctoUSD: list),
      contractedPrice: UnitPrice(yoctoUSD: contracted), basis: basis,
      prepaid: prepaid)
  }

  /// The figures of a charge: quantity (tokens, calls, or nano-USD of a purchase), calls, and costs in
  /// 10^-24 USD.
  package struct Amounts: Hashable, Sendable {
    package var quantity: Int128
    package var calls: Int128
    package var list: Int128
    package var contracted: Int128
    package var billed: Int128
    package var effective: Int128

    package init(
      quantity: Int128, calls: Int128, list: Int128, contracted: Int128, billed: Int128,
      effective: Int128
    ) {
      self.quantity = quantity
      self.calls = calls
      self.list = list
      self.contracted = contracted
      self.billed = billed
      self.effective = effective
    }

    package var values: Facts.Amounts { [quantity, calls, list, contracted, billed, effective] }

    package init(_ values: Facts.Amounts) {
      self.init(
        quantity: values[0], calls: values[1], list: values[2], contracted: values[3],
        billed: values[4], effective: values[5])
    }

    package static let effectiveIndex = 5
    package static let billedIndex = 4
  }
}
