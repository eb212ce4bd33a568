internal import Traffic
internal import Units

/// A charge as the cells of a FOCUS row; a cell that is not set is null.
struct FocusRow {
  private var cells: [FocusColumn: String] = [:]

  subscript(column: FocusColumn) -> String {
    get { cells[column] ?? "" }
    set { cells[column] = newValue }
  }

  /// Who bills the tenants, and is paid in advance.
  private static let account = "gateway"

  init(_ charge: ChargeFact, _ amounts: ChargeFact.Amounts, in month: UTCMonth) {
    setAccount(charge, month)
    setService(charge)
    setCosts(amounts)
    switch charge.category {
    case .usage: setUsage(charge, amounts)
    case .purchase: setPurchase(charge, amounts)
    case .adjustment:
      self[.chargeFrequency] = "One-Time"
      self[.chargeDescription] =
        charge.meter == "reported"
        ? "Cost as the provider reports it, beyond price times quantity"
        : "Rounding of each call to nano-USD"
    case .credit, .tax:
      self[.chargeFrequency] = "One-Time"
      self[.chargeDescription] = Self.description(charge) ?? charge.category.rawValue
    }
    setOwn(charge, amounts)
  }

  private mutating func setAccount(_ charge: ChargeFact, _ month: UTCMonth) {
    self[.billingAccountId] = Self.account
    self[.billingAccountName] = Self.account
    self[.billingAccountType] = "Gateway"
    self[.billingCurrency] = "USD"
    self[.pricingCurrency] = "USD"
    self[.billingPeriodStart] = Self.instant(month.firstDay)
    self[.billingPeriodEnd] = Self.instant(month.next.firstDay)
    self[.chargePeriodStart] = Self.instant(charge.day)
    self[.chargePeriodEnd] = Self.instant(charge.day.advanced(by: 1))
    self[.chargeCategory] = charge.category.rawValue
    var tags: [String] = []
    if charge.tenant != "" {
      let tenant = FocusText.of(charge.tenant.text, prefix: "tenant:")
      self[.subAccountId] = tenant
      self[.subAccountName] = tenant
      self[.subAccountType] = "Tenant"
      tags.append("\"tenant\":\(FocusText.json(charge.tenant.text))")
    }
    if charge.workflow != "" {
      tags.append("\"workflow\":\(FocusText.json(charge.workflow.text))")
    }
    self[.tags] = "{\(tags.joined(separator: ","))}"
  }

  private mutating func setService(_ charge: ChargeFact) {
    let provider = FocusText.of(charge.provider.text, prefix: "provider:")
    self[.providerName] = provider
    self[.invoiceIssuerName] = provider
    self[.publisherName] = provider
    self[.regionId] = "global"
    self[.regionName] = "Global"
    self[.serviceCategory] = "AI and Machine Learning"
    self[.serviceSubcategory] = "Generative AI"
    self[.serviceName] = charge.category == .purchase ? "Prepaid credits" : "\(provider) API"
    guard charge.model != "" else { return }
    self[.resourceId] = FocusText.of(
      "\(charge.provider.text)/\(charge.model.text)", prefix: "model:")
    self[.resourceName] = FocusText.of(charge.model.text, prefix: "model:")
    self[.resourceType] = "Model"
  }

  private mutating func setCosts(_ amounts: ChargeFact.Amounts) {
    self[.billedCost] = Self.usd(amounts.billed)
    self[.effectiveCost] = Self.usd(amounts.effective)
    self[.pricingCurrencyEffectiveCost] = self[.effectiveCost]
    self[.listCost] = Self.usd(amounts.list)
    self[.contractedCost] = Self.usd(amounts.contracted)
  }

  private mutating func setUsage(_ charge: ChargeFact, _ amounts: ChargeFact.Amounts) {
    let isCall = charge.meter == "per_request"
    let meter = Self.meter(charge.meter.text)
    self[.chargeFrequency] = "Usage-Based"
    self[.chargeDescription] = "\(self[.resourceName]) \(meter.lowercased())"
    self[.consumedQuantity] = Self.decimal(amounts.quantity, places: 0)
    self[.consumedUnit] = isCall ? "Requests" : "Tokens"
    self[.pricingQuantity] = Self.decimal(amounts.quantity, places: isCall ? 0 : 6)
    self[.pricingUnit] = isCall ? "Requests" : "1000000 Tokens"
    self[.pricingCategory] = "Standard"
    let places: Int128 = isCall ? 1 : 1_000_000
    self[.listUnitPrice] = Self.usd(charge.listPrice.yoctoUSD * places)
    self[.contractedUnitPrice] = Self.usd(charge.contractedPrice.yoctoUSD * places)
    setPricingCurrency()
    let sku = "\(self[.resourceId]):\(charge.meter.text)"
    self[.skuId] = sku
    self[.skuMeter] = meter
    self[.skuPriceId] = "\(sku)@\(charge.priceVersion.text)"
    self[.skuPriceDetails] =
      "{\"x_Model\":\(FocusText.json(charge.model.text)),\"x_TokenType\":\(FocusText.json(meter))}"
  }

  private mutating func setPurchase(_ charge: ChargeFact, _ amounts: ChargeFact.Amounts) {
    self[.chargeFrequency] = "One-Time"
    self[.chargeDescription] = Self.description(charge) ?? "Prepaid credits"
    self[.pricingCategory] = "Standard"
    self[.pricingQuantity] = Self.decimal(amounts.quantity, places: Self.nanoPlaces)
    self[.pricingUnit] = "Credits"
    self[.listUnitPrice] = "1.0"
    self[.contractedUnitPrice] = "1.0"
    setPricingCurrency()
    self[.skuId] = "prepaid-credits"
    self[.skuMeter] = "Credits"
    self[.skuPriceId] = "prepaid-credits@1"
  }

  /// What an invoice says of a charge beside calls.
  private static func description(_ charge: ChargeFact) -> String? {
    guard charge.basis == .invoiced, charge.priceVersion != "" else { return nil }
    return FocusText.of(charge.priceVersion.text, prefix: "charge:")
  }

  private mutating func setPricingCurrency() {
    self[.pricingCurrencyListUnitPrice] = self[.listUnitPrice]
    self[.pricingCurrencyContractedUnitPrice] = self[.contractedUnitPrice]
  }

  private mutating func setOwn(_ charge: ChargeFact, _ amounts: ChargeFact.Amounts) {
    self[.ownCostBasis] = charge.basis.rawValue
    self[.ownFallbackRole] = charge.role.rawValue
    if charge.basis == .invoiced {
      self[.ownChargeReference] = charge.meter.text
    } else {
      self[.ownPriceBookVersion] = charge.priceVersion.text
      if charge.category != .purchase { self[.ownRequestCount] = String(amounts.calls) }
    }
    self[.ownRequestedModel] = charge.requested.text
    if charge.model != "" {
      self[.ownServedModel] = "\(charge.provider.text)/\(charge.model.text)"
    }
    self[.ownTrafficClass] = charge.trafficClass.text
    self[.ownWorkflow] = charge.workflow.text
  }

  /// `cached_input` as `Cached Input Tokens`.
  private static func meter(_ word: String) -> String {
    guard word != "per_request" else { return "Requests" }
    return word.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: " ") + " Tokens"
  }

  private static func instant(_ day: UTCDay) -> String { "\(day)T00:00:00Z" }

  private static let nanoPlaces = 9
  private static let yoctoPlaces = 24

  private static func usd(_ yocto: Int128) -> String { decimal(yocto, places: yoctoPlaces) }

  /// Always with a point: the validator takes a column without one for whole numbers.
  private static func decimal(_ value: Int128, places: Int) -> String {
    let text = DecimalText.shortText(value, places: places)
    return text.contains(".") ? text : text + ".0"
  }
}
