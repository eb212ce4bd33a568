import Foundation
import Pricing
import Traffic
import Units

@testable import LedgerStore

/// A random world of few names, so that everything that can coincide does.
struct SmallWorld {
  /// Prices of a model from a day on, in pico-USD (10^-12 USD) per token.
  struct Price {
    let model: ModelID
    let from: UTCDay
    let input: Int
    let cached: Int?
    let write: Int?
    let output: Int
    let perRequest: Int
    /// Above so many input tokens, all prices are tenfold.
    let threshold: Int?
    let oneHour: Int?
    let reasoning: Int?
    /// Of the priority tier, all prices of tokens are so many times these.
    let priority: Int?
  }

  /// In thousandths of the list price, or fixed, in pico-USD per token.
  struct Contract {
    let provider: String
    let model: String?
    let tenant: String?
    let from: UTCDay
    let to: UTCDay?
    let permille: Int?
    let input: Int
    let output: Int
  }

  struct Policy {
    let from: UTCDay
    let grades: [ModelID: Grade]
    let classOfWorkflow: [String: TrafficClass]
    let defaultClass: TrafficClass
  }

  var attempts: [Attempt] = []
  var prices: [Price] = []
  var contracts: [Contract] = []
  var terms: [TenantTerms] = []
  /// In the order in which they are applied.
  var policies: [Policy] = []

  /// Some alike but for a letter's size or how it is composed; a UUID is stored in another form.
  private static let sessions = [
    "s1", "s2", "0b7a8a3e-1111-4c5d-8e9f-00112233aabb", "0B7A8A3E-1111-4C5D-8E9F-00112233AABB",
    "session of more than sixteen bytes",
  ]
  private static let users = [
    "u", "U", "e\u{301}", "\u{E9}", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "0123456789abcdef",
  ]
  static let days = [
    "2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02", "2026-10-31", "2026-11-01",
  ]
  .compactMap { UTCDay($0) }
  private static let models = ["a/x", "a/y", "b/x", "c/z", "c/free"].compactMap { ModelID($0) }

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func one<Element>(_ of: [Element]) -> Element {
      of[Int.random(in: 0..<of.count, using: &random)]
    }
    func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    for model in Self.models where model.description != "c/free" || chance(30) {
      for day in ["2026-01-01", "2026-10-01", "2026-10-02"].compactMap({ UTCDay($0) })
      where chance(60) {
        prices.append(
          Price(
            model: model, from: day, input: number(0...5_000_000),
            cached: chance(50) ? number(0...900_000) : nil,
            write: chance(30) ? number(0...6_000_000) : nil, output: number(0...20_000_000),
            perRequest: chance(20) ? number(0...3_000_000_000) : 0,
            threshold: chance(30) ? number(1...40) : nil,
            oneHour: chance(30) ? number(0...9_000_000) : nil,
            reasoning: chance(30) ? number(0...30_000_000) : nil,
            priority: chance(30) ? number(2...3) : nil))
      }
    }
    for provider in ["a", "b", "c"] {
      for model in ["x", nil] {
        for tenant in ["t1", nil] {
          for day in ["2026-01-01", "2026-10-01"].compactMap({ UTCDay($0) }) where chance(25) {
            contracts.append(
              Contract(
                provider: provider, model: model, tenant: tenant, from: day,
                to: chance(50) ? UTCDay("2026-10-31") : nil,
                permille: chance(70) ? number(0...2_000) : nil, input: number(0...5_000_000),
                output: number(0...20_000_000)))
          }
        }
      }
    }
    for tenant in ["t1", "t2", "t3"] {
      for day in ["2026-01-01", "2026-10-01", "2026-10-15"].compactMap({ UTCDay($0) })
      where chance(45) {
        terms.append(
          TenantTerms(
            tenant: Name(tenant), effectiveFrom: day,
            tier: chance(60) ? Name(one(["pro", "free"])) : nil,
            monthlyFee: chance(60) ? Money(nanoUSD: Int64(number(0...1_000))) : nil,
            revenuePerRequest: chance(50) ? Money(nanoUSD: Int64(number(0...90_000))) : nil))
      }
    }
    for _ in 0..<number(0...3) {
      var grades: [ModelID: Grade] = [:]
      for model in Self.models where chance(60) { grades[model] = one(Grade.allCases) }
      var classes: [String: TrafficClass] = [:]
      for workflow in ["w1", "w2"] where chance(60) {
        classes[workflow] = one(TrafficClass.allCases)
      }
      policies.append(
        Policy(
          from: chance(50) ? one(Self.days) : PolicyTable.beginning, grades: grades,
          classOfWorkflow: classes, defaultClass: one(TrafficClass.allCases)))
    }

    func route() -> Route {
      Route(model: one(Self.models), group: chance(40) ? Name(one(["g", "h"])) : nil)
    }
    func usage() -> Usage {
      guard chance(80) else { return Usage() }
      let cached = number(0...20)
      let written = number(0...9)
      return Usage(
        input: Int64(cached + written + number(0...60)), cachedInput: Int64(cached),
        cacheWrite: Int64(written), output: Int64(number(0...50)), reasoning: Int64(number(0...5)),
        detail: UsageDetail(
          cacheWriteOneHour: chance(30) ? Int64(number(0...written)) : 0,
          serviceTier: chance(20) ? one([.priority, .flex, .other]) : nil))
    }
    for request in 0..<number(3...40) {
      let day = one(Self.days)
      let primary = route()
      let statesPrimary = chance(90)
      let tenant = one(["t1", "t2", "t3"])
      let workflow = chance(80) ? one(["w1", "w2"]) : nil
      let session = Self.sessions[request % 5]
      let user = one(Self.users)
      let hasIndex = chance(85)
      for index in 0..<number(1...4) where chance(90) {
        let action = chance(70) ? Action.model : one(Action.allCases)
        let start = day.start.milliseconds + Int64(number(0...86_399_999))
        var attribution = Attribution([
          .tenant: Name(chance(95) ? tenant : one(["t1", "t2"]))
        ])
        if chance(95) { attribution[.session] = Name(chance(98) ? session : "s1") }
        if chance(70) { attribution[.user] = Name(chance(90) ? user : one(Self.users)) }
        if chance(40) { attribution[.thread] = Name("conversation \(request)") }
        if let workflow { attribution[.workflow] = Name(chance(95) ? workflow : "w3") }
        if chance(20) { attribution[.tier] = "enterprise" }
        if chance(50) { attribution[.feature] = Name(one(["f", "F", "e\u{301}", "\u{E9}"])) }
        let success = chance(40)
        var attempt = Attempt(
          eventID: Name("e\(request)/\(index)"), requestID: Name("r\(request)"),
          position: hasIndex ? Int64(index) : start, index: hasIndex ? Int64(index) : nil,
          startedAt: Timestamp(milliseconds: start), attribution: attribution,
          trafficClass: chance(20) ? one(TrafficClass.allCases) : nil,
          primary: statesPrimary ? primary : nil, action: action)
        if action == .model || !statesPrimary {
          attempt.action = .model
          attempt.route = chance(50) ? primary : route()
          attempt.outcome = success ? .success : .failure
          if chance(15) { attempt.pricedAs = one(Self.models) }
          if !success {
            attempt.failure = Failure(
              kind: one(FailureKind.allCases), word: chance(10) ? "odd" : nil)
          }
        }
        if attempt.action == .model || chance(10) { attempt.usage = usage() }
        if chance(25) { attempt.reportedCost = Money(nanoUSD: Int64(number(0...400_000))) }
        if chance(25) { attempt.revenue = Money(nanoUSD: Int64(number(0...400_000))) }
        attempts.append(attempt)
      }
    }
    for index in attempts.indices {
      if chance(30) {
        attempts[index].budget.limit = Money(nanoUSD: Int64(number(1...900_000)))
        if chance(80) { attempts[index].budget.spent = Money(nanoUSD: Int64(number(0...900_000))) }
      }
      if chance(60) { attempts[index].decisionStep = Int64(number(0...3)) }
      if chance(60) {
        attempts[index].decisionReason = one([
          "probe",
          "primary", "fallback", "budget_downgrade", "budget_blocked", "ineligible_skipped",
        ])
      }
    }
  }

  var priceEntries: [DatedPrice] {
    func unit(_ pico: Int) -> UnitPrice { UnitPrice(yoctoUSD: Int128(pico) * 1_000_000_000_000) }
    return prices.map { price in
      func tokens(_ factor: Int) -> TokenPrices {
        TokenPrices(
          input: unit(price.input * factor), cachedInput: price.cached.map { unit($0 * factor) },
          cacheWrite: price.write.map { unit($0 * factor) }, output: unit(price.output * factor),
          special: [
            .cacheWriteOneHour: price.oneHour.map { unit($0 * factor) },
            .reasoning: price.reasoning.map { unit($0 * factor) },
          ].compactMapValues(\.self))
      }
      func bands(_ factor: Int) -> [PriceSchedule.Band] {
        price.threshold.map {
          [.init(aboveInputTokens: Int64($0), prices: tokens(10 * factor))]
        } ?? []
      }
      return DatedPrice(
        model: price.model, effectiveFrom: price.from,
        price: ModelPrice(
          base: tokens(1), perRequest: unit(price.perRequest), bands: bands(1),
          tiers: price.priority.map {
            [.priority: PriceSchedule(base: tokens($0), bands: bands($0))]
          } ?? [:]))
    }
  }

  var contractPrices: [ContractPrice] {
    func unit(_ pico: Int) -> UnitPrice { UnitPrice(yoctoUSD: Int128(pico) * 1_000_000_000_000) }
    return contracts.map { contract in
      ContractPrice(
        scope: .init(
          provider: Name(contract.provider), model: contract.model.map { Name($0) },
          tenant: contract.tenant.map { Name($0) }), from: contract.from, to: contract.to,
        terms: contract.permille.map {
          .multiplier(Multiplier(billionths: Int64($0) * 1_000_000))
        }
          ?? .fixed(
            TokenPrices(input: unit(contract.input), output: unit(contract.output)),
            perRequest: .zero))
    }
  }
}

extension SmallWorld.Policy {
  /// Of every policy here: steps with a gate and a last resort, a floor, and a budget that presses.
  static let classes = """
    tiers: {pro: {premium: true}, default: {premium: false}}
    failures: {retryable: [timeout, server_error, content_policy]}
    classes:
      batch: {steps: [{model: primary}]}
      critical_user_facing:
        quality_floor: balanced
        steps: [{model: primary, premium: true}, {model: other/model}, {model: other/model, last_resort: true}]
    budget:
      stages: {watch: 0.5, constrained: 0.75}
      effects: {constrained: {experiment: downgrade}}

    """

  /// The policy's file.
  var yaml: String {
    var text = "version: 1\ndefault_class: \(defaultClass.rawValue)\n"
    if !classOfWorkflow.isEmpty {
      text += "classify:\n"
      for (workflow, trafficClass) in classOfWorkflow.sorted(by: { $0.key < $1.key }) {
        text += "  - {workflow: \(workflow), class: \(trafficClass.rawValue)}\n"
      }
    }
    text += "models:\n  other/model: {grade: low_cost}\n"
    for (model, grade) in grades.sorted(by: { $0.key < $1.key }) {
      text += "  \(model): {grade: \(grade.rawValue)}\n"
    }
    return text + Self.classes
  }
}
