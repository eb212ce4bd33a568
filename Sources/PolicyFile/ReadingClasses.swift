import PolicyEngine
import Traffic
import Wording

extension PolicyReader {
  mutating func readClasses(_ node: YAMLTree) {
    for entry in entries(of: node, "`classes`") ?? [] {
      if let trafficClass = TrafficClass(rawValue: entry.name) {
        definition.classes[trafficClass] = rules(entry.value, of: trafficClass)
      } else {
        noteUnknown(
          entry.position, "class", entry.name, TrafficClass.allCases.map(\.rawValue))
      }
    }
  }

  private mutating func rules(_ node: YAMLTree, of trafficClass: TrafficClass) -> ClassPolicy {
    var rules = ClassPolicy()
    guard
      let fields = fields(
        of: node, "a class", allowed: ["quality_floor", "steps", "retries_per_step", "stop"])
    else { return rules }
    if let node = fields["quality_floor"], let grade: Grade = word(node, "grade") {
      rules.qualityFloor = grade
    }
    if let node = fields["steps"], let steps = elements(of: node, "`steps`") {
      places.steps[trafficClass] = node.position
      rules.steps = []
      for step in steps {
        // The place of what a problem of the step is about, and a stand-in for a step that is wrong.
        var position = step.position
        rules.steps.append(self.step(step, &position) ?? .primary)
        places.step[trafficClass, default: []].append(position)
      }
    }
    if let node = fields["retries_per_step"], let retries = count(node, "`retries_per_step`") {
      rules.retriesPerStep = retries
    }
    if let node = fields["stop"] { rules.stop = stop(node) }
    return rules
  }

  private mutating func step(_ node: YAMLTree, _ position: inout Position) -> Step? {
    guard
      let fields = fields(
        of: node, "a step", allowed: ["model", "action", "premium", "last_resort", "notice"])
    else { return nil }
    let isPremium = fields["premium"].flatMap { bool($0, "`premium`") } ?? false
    let isLastResort = fields["last_resort"].flatMap { bool($0, "`last_resort`") } ?? false
    let notice = fields["notice"].flatMap { string($0, "`notice`") }

    switch (fields["model"], fields["action"]) {
    case (let model?, nil):
      position = model.position
      return choice(model).map {
        Step(.model($0, isLastResort: isLastResort), isPremium: isPremium, notice: notice)
      }
    case (nil, let action?):
      if let lastResort = fields["last_resort"] {
        log.add(
          lastResort.position, "`last_resort` on a step without a model",
          remedy: "leave it out, or give the step a model")
      }
      let known: StepAction? = word(action, "action")
      return known.map { Step(.action($0), isPremium: isPremium, notice: notice) }
    case (_?, let action?):
      log.add(
        action.position, "a step with both a model and an action",
        remedy: "keep one of them, or write two steps")
      return nil
    case (nil, nil):
      log.add(
        node.position, "a step without `model` or `action`",
        remedy: "write `model: primary`, `model: provider/model` or `action: …`")
      return nil
    }
  }

  private mutating func choice(_ node: YAMLTree) -> ModelChoice? {
    guard let text = string(node, "`model`") else { return nil }
    if text == "primary" { return .primary }
    if let model = ModelID(text) { return .named(model) }
    log.add(
      node.position, "\(Phrase.quoted(text)) names no model",
      remedy: "write `primary` or `provider/model`",
      suggestion: NearestWord.of(text, in: ["primary"]))
    return nil
  }

  private mutating func stop(_ node: YAMLTree) -> StopLimits {
    let allowed = [
      "provider_failures", "elapsed_ms", "budget_utilisation", "daily_budget_usd", "retry_budget",
    ]
    var stop = StopLimits()
    guard let fields = fields(of: node, "`stop`", allowed: allowed) else { return stop }
    stop.providerFailures = fields["provider_failures"].flatMap {
      count($0, "`provider_failures`")
    }
    stop.elapsedMilliseconds = fields["elapsed_ms"].flatMap { integer($0, "`elapsed_ms`") }
    stop.budgetUtilisation = fields["budget_utilisation"].flatMap {
      ratio($0, "`budget_utilisation`")
    }
    stop.dailyBudget = fields["daily_budget_usd"].flatMap { money($0, "`daily_budget_usd`") }
    stop.retryBudget = fields["retry_budget"].flatMap { count($0, "`retry_budget`") }
    return stop
  }
}
