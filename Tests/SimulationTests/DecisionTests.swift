import PolicyEngine
import Pricing
import Simulation
import Testing
import Traffic
import Units

/// Asks the engine again, with all that the events tell and nothing else.
@Suite("The decisions of a simulated world")
struct DecisionTests {
  @Test("every line is what the policy decides", arguments: 0..<5 as Range<UInt64>)
  func areThePolicys(seed: UInt64) throws {
    let world = try SampleWorlds.make(
      seed: seed, days: 4, requests: 400, tenants: 3,
      outages: [try SampleWorlds.outage("openai", "2026-10-02T10:00:00Z", "2026-10-02T20:00:00Z")])
    let limits = Dictionary(
      uniqueKeysWithValues: world.tenants.map { ($0.name, $0.monthlyBudget) })
    var past: [PastRequest] = []
    for lines in Simulator(world) {
      let first = try #require(lines.first)
      let primary = try #require(first.primary)
      let now = first.startedAt
      let tenant = try #require(first.attribution[.tenant])
      let ofTenant = past.filter { $0.first.attribution[.tenant] == tenant }
      let ofSession = past.filter {
        first.attribution[.session] != nil
          && $0.first.attribution[.session] == first.attribution[.session]
      }
      let spent = cost(ofTenant.filter { $0.first.startedAt.day.month == now.day.month })
      #expect(first.budget.spent == spent)
      #expect(first.budget.limit == limits[tenant])

      var question = Question(
        attribution: first.attribution, givenClass: first.trafficClass, primary: primary)
      question.budgetUtilisation = first.budget.limit.flatMap { Ratio(spent, of: $0) }
      question.classSpendToday = cost(
        ofTenant.filter {
          $0.first.trafficClass == first.trafficClass && $0.first.startedAt.day == now.day
        })
      question.sessionCostToday = cost(ofSession.filter { $0.first.startedAt.day == now.day })
      question.sessionRequestsLastMinute =
        first.attribution[.session] == nil
        ? 0
        : 1
          + Int64(
            ofSession.count {
              now.milliseconds - $0.first.startedAt.milliseconds < 60_000
            })

      for line in lines {
        let decision = try world.policy.decide(question)
        #expect(decision.reasonCode == line.decisionReason)
        #expect(decision.trafficClass == line.trafficClass)
        guard case .run(let step, let index, _, _) = decision else {
          #expect(line.action == .reject)
          #expect(line.decisionStep == nil)
          continue
        }
        #expect(line.action == step.action)
        #expect(line.decisionStep == Int64(index))
        #expect(line.route == step.route(primary: primary))
        question.attempts.append(try self.past(line, step: index))
        question.elapsedMilliseconds += line.latencyMilliseconds ?? 0
      }
      past.append(PastRequest(first: first, cost: lines.reduce(0) { $0 + cost(of: $1).nanoUSD }))
    }
  }

  @Test("a request ends where the policy has no more to say, or is put off")
  func endWhereThePolicyDoes() throws {
    for lines in Simulator(try SampleWorlds.make(seed: 3)) {
      let last = try #require(lines.last)
      let isOver = last.action != .model || last.outcome == .success
      #expect(isOver, "\(last.requestID)")
    }
  }

  private struct PastRequest {
    let first: Attempt
    /// In nano-USD.
    let cost: Int64
  }

  private let prices = Dictionary(
    uniqueKeysWithValues: BuiltInPrices.catalog(from: SampleWorlds.firstDay)
      .map { ($0.model, $0.price) })

  private func cost(of line: Attempt) -> Money {
    guard let route = line.route, !line.usage.isEmpty else { return .zero }
    return prices[route.model]?.cost(of: line.usage) ?? .zero
  }

  private func cost(_ requests: [PastRequest]) -> Money {
    Money(nanoUSD: requests.reduce(0) { $0 + $1.cost })
  }

  private func past(_ line: Attempt, step: Int) throws -> PastAttempt {
    if let action = StepAction(line.action) { return PastAttempt(step: step, .acted(action)) }
    let route = try #require(line.route)
    guard let failure = line.failure else { return PastAttempt(step: step, .succeeded(route)) }
    return PastAttempt(
      step: step, .failed(route, failure.kind, outputTokens: line.usage.output))
  }
}
