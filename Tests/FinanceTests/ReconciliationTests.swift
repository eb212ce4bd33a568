import Finance
import Testing
import Traffic
import Units

@Suite("An invoice against the ledger")
struct ReconciliationTests {
  private let day = UTCDay("2026-09-01") ?? UTCDay(daysSince1970: 0)
  private let yoctoPerNano: Int128 = 1_000_000_000_000_000

  private func booked(
    _ nano: Int, model: Name = "gpt-5", role: ChargeFact.Role = .primary, meter: Name = "input",
    basis: ChargeFact.Basis = .computed
  ) -> Facts {
    var facts = Facts()
    let cost = Int128(nano) * yoctoPerNano
    facts.add(
      ChargeFact.Amounts(
        quantity: 10, calls: 1, list: cost, contracted: cost, billed: cost, effective: cost
      ).values,
      to: ChargeFact(
        day: day, tenant: "acme", provider: "openai", model: model, role: role, category: .usage,
        meter: meter, basis: basis
      ).key)
    return facts
  }

  private func line(
    _ nano: Int, model: Name = "gpt-5", isCached: Bool = false, isBatch: Bool = false
  ) -> InvoiceLine {
    InvoiceLine(
      day: day, provider: "openai", model: model, amount: Money(nanoUSD: Int64(nano)),
      isCachedInput: isCached, isBatch: isBatch)
  }

  private func sum(_ facts: Facts...) -> Facts {
    facts.reduce(into: Facts()) { $0.add($1) }
  }

  private func only(
    _ lines: [InvoiceLine], _ facts: Facts
  ) throws -> Reconciliation.Entry {
    let result = Reconciliation(lines, charges: facts)
    #expect(result.entries.count == 1)
    return try #require(result.entries.first)
  }

  @Test("equal amounts match, a version's date in the invoice's name or not")
  func matched() throws {
    let entry = try only([line(700, model: "gpt-5-2026-08-07")], booked(700))
    #expect(entry.status == .matched && entry.reasons.isEmpty)
  }

  @Test("what one of the two lacks is late")
  func late() throws {
    let extra = try only([line(5)], Facts())
    #expect(extra.status == .extra && extra.reasons == [.late: Money(nanoUSD: 5)])
    let missing = try only([], booked(7))
    #expect(missing.status == .missing && missing.reasons == [.late: Money(nanoUSD: -7)])
  }

  @Test("what is billed for no model is no call that came late")
  func noModel() throws {
    let search = try only([line(5, model: "")], Facts())
    #expect(search.status == .extra && search.reasons == [.noModel: Money(nanoUSD: 5)])
  }

  @Test("cached input, then a batch's discount, then the price explain a difference")
  func parts() throws {
    let facts = sum(booked(1_000), booked(300, meter: "cached_input"))
    let cached = try only([line(1_000), line(30, isCached: true)], facts)
    #expect(cached.reasons == [.cachedTokens: Money(nanoUSD: -270)])
    let batch = try only([line(500, isBatch: true)], booked(1_000))
    #expect(batch.reasons == [.batchDiscount: Money(nanoUSD: -500)])
    let price = try only([line(1_200)], booked(1_000))
    #expect(price.reasons == [.price: Money(nanoUSD: 200)])
  }

  @Test(
    "failed calls that are not billed, or billed without being booked, and calls without a price")
  func failedAndUnpriced() throws {
    let facts = sum(booked(1_000), booked(50, role: .failedAttempt))
    #expect(
      try only([line(1_000)], facts).reasons == [.failedAttempts: Money(nanoUSD: -50)])
    let free = sum(booked(1_000), booked(0, role: .failedAttempt, basis: .computed))
    #expect(
      try only([line(1_040)], free).reasons == [.failedAttempts: Money(nanoUSD: 40)])
    let unpriced = booked(0, basis: .unpriced)
    #expect(try only([line(90)], unpriced).reasons == [.unpriced: Money(nanoUSD: 90)])
  }

  @Test("any invoice and ledger: the reasons add up to the whole difference")
  func addsUp() {
    var random = SeededGenerator(seed: 88)
    let models: [Name] = ["a", "b", "c"]
    for _ in 0..<300 {
      var facts = Facts()
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        facts.add(
          booked(
            Int.random(in: 0...40, using: &random),
            model: models.randomElement(using: &random) ?? "a",
            role: Bool.random(using: &random) ? .primary : .failedAttempt,
            meter: Bool.random(using: &random) ? "input" : "cached_input",
            basis: Bool.random(using: &random) ? .computed : .unpriced))
      }
      let lines = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        line(
          Int.random(in: -5...40, using: &random),
          model: models.randomElement(using: &random) ?? "a",
          isCached: Bool.random(using: &random), isBatch: Bool.random(using: &random))
      }
      let result = Reconciliation(lines, charges: facts)
      let reasons = Reconciliation.Reason.allCases.reduce(Int128(0)) { $0 + result.total($1) }
      #expect(reasons == result.billed - result.booked)
      #expect(result.billed == lines.reduce(0) { $0 + Int128($1.amount.nanoUSD) })
      #expect(
        result.booked == facts.sum(ChargeFact.Amounts.effectiveIndex) / yoctoPerNano)
    }
  }
}
