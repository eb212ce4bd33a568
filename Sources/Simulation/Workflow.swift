import PolicyEngine
import Pricing
import Traffic
import Units

/// A kind of work that the company's applications ask models for.
struct Workflow: Sendable {
  let name: Name
  let application: Name
  let feature: Name
  var assistant: Name?
  var environment: Name = "production"
  /// What the application says of its own requests; a rule of the policy comes first.
  var givenClass: TrafficClass?
  /// The grade of its primary, and which of the policy's models of that grade, by name.
  let grade: Grade
  var choice = 0
  /// Medians of a first turn.
  let inputTokens: Int
  let outputTokens: Int
  /// How much of the input is the same every time, and so can be read from the provider's cache.
  var cacheablePermille = 0
  /// Requests of one conversation: a session with a thread where there is more than one.
  var turns = 1...1
  /// Whether a person waits, whom the log names.
  var hasUser = true
  /// What the tenant pays for a request that is served.
  var revenue: Money?
  /// Whether the gateway writes `cost_usd`; without it the catalog prices the events.
  var reportsCost = true
  /// How many conversations it has, against the other workflows.
  let weight: Int
  var rhythm = Rhythm.users

  /// The model of the grade it wants, else of the nearest lower grade, else any; of `models`, which
  /// are the policy's in the order of their names, and some.
  func primary(among models: [ModelID], of policy: Policy) -> ModelID {
    for grade in Grade.allCases.reversed() where grade <= self.grade {
      let fitting = models.filter { policy.grade(of: $0) == grade }
      if !fitting.isEmpty { return fitting[choice % fitting.count] }
    }
    return models[choice % models.count]
  }

  /// The names are those that the `five-class` preset has rules for, and some that it has none for.
  static let all = [
    Workflow(
      name: "support_chat", application: "helpdesk", feature: "reply", assistant: "support-agent",
      grade: .frontier, choice: 1, inputTokens: 1_500, outputTokens: 260, cacheablePermille: 550,
      turns: 1...6, revenue: .thousandths(18), weight: 90),
    Workflow(
      name: "checkout_assist", application: "storefront", feature: "checkout",
      assistant: "shop-guide", grade: .frontier, choice: 1, inputTokens: 900, outputTokens: 180,
      cacheablePermille: 400, turns: 1...3, revenue: .thousandths(14), weight: 60),
    Workflow(
      name: "summaries", application: "helpdesk", feature: "thread_summary", grade: .frontier,
      choice: 1, inputTokens: 3_800, outputTokens: 210, cacheablePermille: 150,
      revenue: .thousandths(16), weight: 170),
    Workflow(
      name: "title_generation", application: "notes", feature: "titles", grade: .balanced,
      inputTokens: 520, outputTokens: 24, revenue: .thousandths(1), weight: 210),
    Workflow(
      name: "contract_review", application: "legal", feature: "clause_check",
      assistant: "contract-reader", grade: .frontier, inputTokens: 4_600, outputTokens: 520,
      cacheablePermille: 300, turns: 1...2, revenue: .thousandths(380), weight: 14,
      rhythm: .office),
    Workflow(
      name: "data_cleanup", application: "backoffice", feature: "cleanup",
      givenClass: .internalAutomation, grade: .balanced, inputTokens: 2_400, outputTokens: 260,
      hasUser: false, revenue: .thousandths(3), reportsCost: false, weight: 120, rhythm: .office),
    Workflow(
      name: "catalog_tagging", application: "storefront", feature: "nightly_tagging",
      givenClass: .batch, grade: .balanced, inputTokens: 1_300, outputTokens: 90,
      hasUser: false, revenue: .thousandths(2), weight: 190, rhythm: .night),
    Workflow(
      name: "prompt_lab", application: "workbench", feature: "playground", environment: "staging",
      givenClass: .experiment, grade: .frontier, choice: 1, inputTokens: 1_100, outputTokens: 320,
      weight: 40, rhythm: .office),
  ]
}

extension Money {
  /// Of a dollar.
  fileprivate static func thousandths(_ count: Int64) -> Money {
    Money(nanoUSD: count * 1_000_000)
  }
}
