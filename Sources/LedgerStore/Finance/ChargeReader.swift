package import Finance
package import GRDB
internal import Pricing
package import Traffic
package import Units

/// Charges of the ledger as they stand now, and why calls went elsewhere.
package struct CurrentCharges: Sendable {
  /// By UTC month.
  package var months: [UTCMonth: Facts] = [:]
  /// Kinds of failure by charge, for those of which the ledger knows.
  package var reasons: [FactKey: Set<String>] = [:]
}

/// Reads what finance is to be told of calls: quantities at prices, and what the booked cost adds.
///
/// Quantity times unit price is exact; what the booked cost of the calls is beyond that, because the
/// provider reports another or because each call was rounded to nano-USD, is an adjustment beside it.
package final class ChargeReader {
  private let names: ChargeNames
  private let dimensions: Dimensions
  private let rates: RateBook
  private let statedCharges: [ProviderCharge]
  private var charges = CurrentCharges()
  /// Of the request that is being read.
  private var request: Int64?
  private var hasServed = false
  private var failure: String?
  private let prepaid: PrepaidAccounts

  private init(_ database: Database) throws {
    names = ChargeNames(database)
    dimensions = try Dimensions(database)
    rates = RateBook(try Rates(database), dimensions)
    statedCharges = try ProviderChargeTable.all(database)
    prepaid = PrepaidAccounts(rates, statedCharges)
  }

  /// All charges of the requests that started in a period of days, and what was paid in advance in it.
  package static func read(
    _ database: Database, from: UTCDay, to: UTCDay
  ) throws -> CurrentCharges {
    let reader = try ChargeReader(database)
    let rows = try RawStatement(
      database,
      """
      SELECT q.id, q.day, q.tenant_id, q.workflow_id, q.traffic_class, q.primary_model_id, q.status,
        a.action, a.route_id, a.outcome, a.failure_kind, a.input_tokens, a.cached_input_tokens,
        a.cache_write_tokens, a.output_tokens, a.reasoning_tokens, a.usage_detail,
        a.priced_model_id, a.cost_nano_usd, a.cost_source
      FROM request q JOIN attempt a ON a.request_id = q.id
      WHERE q.day >= ? AND q.day < ? ORDER BY q.id, a.place
      """)
    rows.add(Int64(from.daysSince1970))
    rows.add(Int64(to.daysSince1970))
    while try rows.step() { try reader.add(rows) }
    reader.addPurchases(from: from, to: to)
    reader.addStatedCharges(from: from, to: to)
    return reader.charges
  }

  /// All charges of some providers in a period of days.
  package static func read(
    _ database: Database, from: UTCDay, to: UTCDay, of providers: Set<Name>
  ) throws -> Facts {
    var facts = Facts()
    for month in try read(database, from: from, to: to).months.values {
      for (key, amounts) in month.rows {
        guard let charge = ChargeFact(key), providers.contains(charge.provider) else { continue }
        facts.add(amounts, to: key)
      }
    }
    return facts
  }

  /// Adds the charges of one line.
  private func add(_ row: RawStatement) throws {
    if request != row.int(0) {
      request = row.int(0)
      hasServed = false
      failure = nil
    }
    let isModel = row.int(7) == Code.of(Action.model)
    let isSuccess = isModel && row.int(9) == Code.of(Outcome.success)
    let kind = try row.optionalInt(10).map { try names.name($0, in: "failure_kind").text }
    let role: ChargeFact.Role
    var reason: String?
    if !isModel {
      role = .step
    } else if !isSuccess {
      role = .failedAttempt
      reason = kind
      failure = kind
    } else if hasServed {
      role = .superseded
    } else {
      role = row.int(6) == Code.of(RequestStatus.servedPrimary) ? .primary : .fallback
      reason = role == .fallback ? failure : nil
      hasServed = true
    }
    try add(row, role: role, reason: reason)
  }

  private func add(_ row: RawStatement, role: ChargeFact.Role, reason: String?) throws {
    let day = UTCDay(daysSince1970: Int(row.int(1)))
    let tenant = try names.name(row.int(2), in: "tenant")
    let primary = try names.model(row.int(5))
    let route = try row.optionalInt(8).map { try dimensions.routeKey($0).model }
    let called = try route.map(names.model)
    let provider = (called ?? primary).provider
    let fact = ChargeFact(
      day: day, tenant: tenant, workflow: try names.name(row.optionalInt(3), in: "workflow"),
      trafficClass: try names.name(row.optionalInt(4), in: "traffic_class"),
      requested: Name("\(primary.provider)/\(primary.model)"),
      provider: provider, model: called?.model ?? "", role: role, category: .usage, meter: "",
      basis: .computed, prepaid: prepaid.account(of: tenant, provider, on: day))
    let usage = Usage(
      input: row.int(11), cachedInput: row.int(12), cacheWrite: row.int(13),
      output: row.int(14), reasoning: row.int(15),
      detail: UsageDetailText.detail(row.optionalText(16)))
    var priced: Int128 = 0
    if let route, role != .step {
      let terms = try terms(
        of: route, pricedAs: row.optionalInt(17), tenant: row.int(2), on: day, usage)
      let isReported = row.optionalInt(19) == Code.of(CostSource.reported)
      for line in terms.lines {
        priced += enter(line, terms.version, fact, isReported: isReported, reason: reason)
      }
    }
    adjust(fact, booked: row.int(18), priced: priced, source: row.optionalInt(19), reason: reason)
  }

  /// A line of a call's bill with its price by the list.
  private struct BillLine {
    let charge: Charge
    let list: UnitPrice
  }

  /// What a call is billed, and by which price book.
  private func terms(
    of route: Int64, pricedAs base: Int64?, tenant: Int64, on day: UTCDay, _ usage: Usage
  ) throws -> (version: String, lines: [BillLine]) {
    try rates.learn(tenant: tenant)
    try rates.learn(route)
    var model = route
    var price = rates.callPrice(of: route, tenant: tenant, on: day)
    if price.paid == nil, let base {
      try rates.learn(base)
      model = base
      price = rates.callPrice(of: base, tenant: tenant, on: day)
    }
    guard !usage.isEmpty, let paid = price.paid, paid.cost(of: usage) != nil,
      let bill = paid.charges(for: usage)
    else {
      let free = ModelPrice(base: TokenPrices(input: .zero, output: .zero))
      let bill = usage.isEmpty ? [] : free.charges(for: usage) ?? []
      return ("none", bill.map { BillLine(charge: $0, list: .zero) })
    }
    let list = price.list?.prices(for: usage)
    let lines = bill.map { charge in
      BillLine(
        charge: charge,
        list: charge.rate == .perRequest
          ? price.list?.perRequest ?? charge.price : list?.price(of: charge.rate) ?? charge.price)
    }
    return (
      rates.priceVersion(of: model, tenant: tenant, on: day) + Self.part(of: paid, usage), lines
    )
  }

  /// Which part of a price holds for a call, where it has several.
  private static func part(of price: ModelPrice, _ usage: Usage) -> String {
    let tier = usage.detail.serviceTier.flatMap { price.tiers[$0] == nil ? nil : $0 }
    let schedule = tier.flatMap { price.tiers[$0] } ?? price.standard
    let band = schedule.bands.last { usage.input > $0.aboveInputTokens }
    return (tier.map { "+\($0.rawValue)" } ?? "")
      + (band.map { "+above-\($0.aboveInputTokens)" } ?? "")
  }

  /// Enters a line of a bill; returns what it costs, in 10^-24 USD.
  private func enter(
    _ line: BillLine, _ version: String, _ fact: ChargeFact, isReported: Bool, reason: String?
  ) -> Int128 {
    let charge = line.charge
    let isCall = charge.rate == .perRequest
    guard charge.quantity != 0, !isCall || charge.price != .zero || line.list != .zero else {
      return 0
    }
    var fact = fact
    fact.meter = Name(charge.rate.rawValue)
    fact.priceVersion = Name(version)
    fact.listPrice = line.list
    fact.contractedPrice = charge.price
    fact.basis = version == "none" ? (isReported ? .reported : .unpriced) : .computed
    let cost = charge.price.times(charge.quantity) ?? 0
    enter(
      fact,
      ChargeFact.Amounts(
        quantity: Int128(charge.quantity), calls: 1, list: line.list.times(charge.quantity) ?? cost,
        contracted: cost, billed: fact.prepaid == .no ? cost : 0, effective: cost), reason)
    return cost
  }

  /// Enters what the booked cost of a call is beyond price times quantity.
  private func adjust(
    _ fact: ChargeFact, booked: Int64, priced: Int128, source: Int64?, reason: String?
  ) {
    let isReported = source == Code.of(CostSource.reported)
    let rest = Int128(booked) * Self.yoctoPerNano - priced
    guard rest != 0 else { return }
    var fact = fact
    fact.category = .adjustment
    fact.meter = isReported ? "reported" : "rounding"
    fact.basis = isReported ? .reported : .computed
    enter(
      fact,
      ChargeFact.Amounts(
        quantity: 0, calls: 1, list: rest, contracted: rest,
        billed: fact.prepaid == .no ? rest : 0, effective: rest), reason)
  }

  private static let yoctoPerNano: Int128 = 1_000_000_000_000_000

  private func enter(_ fact: ChargeFact, _ amounts: ChargeFact.Amounts, _ reason: String?) {
    let key = fact.key
    charges.months[fact.day.month, default: Facts()].add(amounts.values, to: key)
    if let reason { charges.reasons[key, default: []].insert(reason) }
  }

  /// What tenants paid in advance: billed on its day, and no cost before it is used.
  private func addPurchases(from: UTCDay, to: UTCDay) {
    for tenant in rates.tenantNamesWithTerms {
      for payment in rates.tenant(tenant)?.prepayments ?? []
      where payment.day >= from && payment.day < to && payment.amount != .zero {
        let fact = ChargeFact(
          day: payment.day, tenant: tenant, provider: "gateway", category: .purchase,
          meter: "credits", basis: .paid)
        let cost = Int128(payment.amount.nanoUSD) * Self.yoctoPerNano
        enter(
          fact,
          ChargeFact.Amounts(
            quantity: Int128(payment.amount.nanoUSD), calls: 0, list: cost, contracted: cost,
            billed: cost, effective: 0), nil)
      }
    }
  }

  /// What providers' invoices state beside calls. A payment in advance is billed on its day and costs
  /// nothing before it is used.
  private func addStatedCharges(from: UTCDay, to: UTCDay) {
    for charge in statedCharges where charge.day >= from && charge.day < to {
      let isPurchase = charge.kind == .purchase
      let fact = ChargeFact(
        day: charge.day, tenant: charge.tenant ?? "", provider: charge.provider,
        category: charge.kind.category, meter: charge.reference,
        priceVersion: charge.description ?? "", basis: .invoiced)
      let cost = Int128(charge.amount.nanoUSD) * Self.yoctoPerNano
      enter(
        fact,
        ChargeFact.Amounts(
          quantity: isPurchase ? Int128(charge.amount.nanoUSD) : 0, calls: 0, list: cost,
          contracted: cost, billed: cost, effective: isPurchase ? 0 : cost), nil)
    }
  }
}

extension ProviderCharge.Kind {
  fileprivate var category: ChargeFact.Category {
    switch self {
    case .credit: .credit
    case .purchase: .purchase
    case .tax: .tax
    }
  }
}
