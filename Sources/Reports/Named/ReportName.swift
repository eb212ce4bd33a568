/// The named reports; raw values are their names on the command line and of their files.
package enum ReportName: String, CaseIterable, Sendable {
  case workflowCost = "workflow-cost"
  case downgrades
  case margin
  case fallbackPremium = "fallback-premium"
  case failures
  case providers
  case budgets
  case loops
  case coverage
  case drift

  /// What it answers, for `report --list`.
  package var answer: String {
    switch self {
    case .workflowCost: "what each workflow cost and wasted, against plan, day and week before"
    case .downgrades: "lesser answers by workflow, class, tier and cause"
    case .margin: "the bridge from planned to actual margin, by tenant and workflow, worst first"
    case .fallbackPremium: "what failing cost over the plan, by workflow and kind of failure"
    case .failures: "failed calls by kind, provider, model and hour; retries that should not be"
    case .providers: "how often calls succeeded, how often users were served, what fallback rescued"
    case .budgets: "what tenants spent of their month, stages crossed, the day it runs out"
    case .loops: "sessions that spend like a runaway agent"
    case .coverage: "what figures lack: attribution, prices, rejected lines; cost against catalog"
    case .drift: "where the gateway left the policy in force"
    }
  }
}
