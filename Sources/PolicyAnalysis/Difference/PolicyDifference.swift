package import PolicyEngine
import Traffic
import Units
import Wording

/// What changes from one policy to another, and for whom.
package struct PolicyDifference: Sendable {
  package let old: Policy
  package let new: Policy
  /// In the order of the file.
  package let changes: [PolicyChange]
  package let samples: PolicySamples

  package init(from old: Policy, to new: Policy) {
    self.old = old
    self.new = new
    var comparison = Comparison(old: old, new: new)
    comparison.compare()
    changes = comparison.changes
    samples = PolicySamples(old, new)
  }
}

/// Collects the changes.
private struct Comparison {
  let old: Policy
  let new: Policy
  var changes: [PolicyChange] = []

  private var before: PolicyDefinition { old.definition }
  private var after: PolicyDefinition { new.definition }

  init(old: Policy, new: Policy) {
    self.old = old
    self.new = new
  }

  mutating func compare() {
    compare("name", before.name, after.name) { "The policy is named \($1 ?? "nothing")" }
    compare("default_class", before.defaultClass.rawValue, after.defaultClass.rawValue) { _, now in
      "Requests that neither a rule nor the gateway classes are \(now ?? "")"
    }
    compareClassify()
    compareModels()
    compareTiers()
    compareFailures()
    compareNeverDowngrade()
    for trafficClass in TrafficClass.allCases { compare(trafficClass) }
    compareBudget()
    compareLoopGuard()
  }

  /// Notes a change of one value; the sentence goes on with what it was.
  private mutating func compare(
    _ part: String, _ before: String?, _ after: String?,
    _ sentence: (_ before: String?, _ after: String?) -> String
  ) {
    guard before != after else { return }
    let was = before.map { "it was \($0)" } ?? "nothing was said before"
    note(part, before, after, "\(sentence(before, after)); \(was).")
  }

  private mutating func note(
    _ part: String, _ before: String?, _ after: String?, _ sentence: String
  ) {
    changes.append(PolicyChange(part: part, before: before, after: after, sentence: sentence))
  }

  // MARK: the parts before the classes

  private mutating func compareClassify() {
    let (gone, come) = Self.difference(before.classify, after.classify)
    for (index, rule) in gone {
      let match = PolicyWords.text(rule.match)
      note(
        "classify[\(index)]", "\(match): \(rule.trafficClass.rawValue)", nil,
        "No rule classes requests as \(rule.trafficClass.rawValue) any more where \(match).")
    }
    for (index, rule) in come {
      let match = PolicyWords.text(rule.match)
      note(
        "classify[\(index)]", nil, "\(match): \(rule.trafficClass.rawValue)",
        "A rule classes requests as \(rule.trafficClass.rawValue) where \(match); it is number "
          + "\(index + 1) of \(after.classify.count).")
    }
    let stayed = before.classify.filter(after.classify.contains)
    if stayed != after.classify.filter(before.classify.contains) {
      note(
        "classify", nil, nil,
        "The classify rules stand in another order, and the first that matches decides.")
    }
  }

  private mutating func compareModels() {
    for model in Set(before.models.keys).union(after.models.keys).sorted() {
      let (was, now) = (before.models[model]?.rawValue, after.models[model]?.rawValue)
      guard was != now else { continue }
      let sentence =
        switch (was, now) {
        case (let was?, let now?): "\(model) is graded \(now); it was \(was)."
        case (nil, let now?):
          "\(model) is graded \(now); ungraded, it counted as frontier where it was the primary."
        case (let was, nil):
          "\(model) is not graded any more, so it counts as frontier where it is the primary; it "
            + "was \(was ?? "")."
        }
      note("models.\(model)", was, now, sentence)
    }
  }

  private mutating func compareTiers() {
    func sentence(_ who: String, _ now: Bool) -> String {
      now ? "\(who) may now use premium steps." : "\(who) may not use premium steps any more."
    }
    for tier in Set(before.tiers.keys).union(after.tiers.keys).sorted() {
      let (was, now) = (old.hasPremium(tier), new.hasPremium(tier))
      guard was != now else { continue }
      note(
        "tiers.\(tier)", "\(was)", "\(now)",
        sentence("Tier \(tier)", now))
    }
    let (was, now) = (before.otherTiersHavePremium, after.otherTiersHavePremium)
    if was != now {
      note(
        "tiers.default", "\(was)", "\(now)",
        sentence("Tiers that are not listed, and requests without one,", now))
    }
  }

  private mutating func compareFailures() {
    for kind in FailureKind.allCases {
      let (was, now) = (before.retryable.contains(kind), after.retryable.contains(kind))
      guard was != now else { continue }
      note(
        "failures.retryable", was ? kind.rawValue : nil, now ? kind.rawValue : nil,
        now
          ? "A request goes on after \(kind.rawValue); it was refused."
          : "A request is refused after \(kind.rawValue); it went on.")
    }
    compare(
      "failures.useful_output_tokens", "\(before.usefulOutputTokens)", "\(after.usefulOutputTokens)"
    ) { _, now in "A dropped stream is not tried again from output tokens \(now ?? "") on" }
  }

  private mutating func compareNeverDowngrade() {
    let (gone, come) = Self.difference(before.neverDowngrade, after.neverDowngrade)
    for (index, rule) in gone {
      let match = PolicyWords.text(rule)
      note(
        "never_downgrade[\(index)]", match, nil, "Requests may be downgraded where \(match).")
    }
    for (index, rule) in come {
      let match = PolicyWords.text(rule)
      note(
        "never_downgrade[\(index)]", nil, match, "Requests are never downgraded where \(match).")
    }
  }

  /// The elements of one list that the other lacks, with their places.
  private static func difference<Element: Hashable>(
    _ old: [Element], _ new: [Element]
  ) -> (gone: [(Int, Element)], come: [(Int, Element)]) {
    func lacking(_ list: [Element], _ other: [Element]) -> [(Int, Element)] {
      let other = Set(other)
      return list.enumerated().filter { !other.contains($0.element) }.map {
        ($0.offset, $0.element)
      }
    }
    return (lacking(old, new), lacking(new, old))
  }

  // MARK: classes

  private mutating func compare(_ trafficClass: TrafficClass) {
    let was = before.classes[trafficClass] ?? ClassPolicy()
    let now = after.classes[trafficClass] ?? ClassPolicy()
    let name = trafficClass.rawValue
    let part = "classes.\(name)"
    compare("\(part).quality_floor", was.qualityFloor.rawValue, now.qualityFloor.rawValue) {
      _, now in
      "The quality floor of \(name) is \(now ?? "")"
    }
    if was.steps != now.steps {
      let (before, after) = (PolicyWords.text(was.steps), PolicyWords.text(now.steps))
      note(
        "\(part).steps", before, after,
        "\(name) tries \(after); it tried \(before).")
    }
    compare("\(part).retries_per_step", "\(was.retriesPerStep)", "\(now.retriesPerStep)") {
      _, now in
      "The retries of a step of \(name) are \(now ?? "")"
    }
    func stop(
      _ key: String, _ limit: (StopLimits) -> String?, _ set: (String) -> String, none: String
    ) {
      compare("\(part).stop.\(key)", limit(was.stop), limit(now.stop)) { _, now in
        "\(name) " + (now.map(set) ?? none)
      }
    }
    stop(
      "provider_failures", { $0.providerFailures.map { "\($0)" } },
      { "stops paying once failed providers are \($0)" },
      none: "no longer stops paying for failed providers")
    stop(
      "elapsed_ms", { $0.elapsedMilliseconds.map { PolicyWords.text(milliseconds: $0) } },
      { "stops paying \($0) after the request began" },
      none: "no longer stops paying for the time a request takes")
    stop(
      "budget_utilisation", { $0.budgetUtilisation.map { PolicyWords.text($0) } },
      { "stops paying at \($0) of the month" },
      none: "no longer stops paying for what the month has cost")
    stop(
      "daily_budget_usd", { $0.dailyBudget.map { PolicyWords.text($0) } },
      { "stops paying at \($0) a day" }, none: "no longer stops paying for what the day has cost")
    stop(
      "retry_budget", { $0.retryBudget.map { "\($0)" } },
      { "pauses a request no more than \($0) times" }, none: "pauses a request without a bound")
  }

  // MARK: budget

  private mutating func compareBudget() {
    for stage in BudgetStage.allCases {
      let (was, now) = (before.stages[stage], after.stages[stage])
      compare(
        "budget.stages.\(stage.rawValue)", was.map { PolicyWords.text($0) },
        now.map { PolicyWords.text($0) }
      ) { _, now in
        now.map { "The stage \(stage.rawValue) begins at \($0) of the month" }
          ?? "The stage \(stage.rawValue) is gone with its effects"
      }
      // Effects of a stage without a threshold are said in vain.
      guard now != nil else { continue }
      for trafficClass in TrafficClass.allCases {
        let effects = [before, after].map { definition in
          definition.stages[stage].flatMap { _ in definition.effects[stage]?[trafficClass] }
            ?? .none
        }
        guard effects[0] != effects[1] else { continue }
        note(
          "budget.effects.\(stage.rawValue).\(trafficClass.rawValue)", effects[0].rawValue,
          effects[1].rawValue,
          "The effect of \(stage.rawValue) on \(trafficClass.rawValue) is \(effects[1].rawValue); "
            + "it was \(effects[0].rawValue).")
      }
    }
    let (was, now) = (before.rejectsPrepaidExhausted, after.rejectsPrepaidExhausted)
    if was != now {
      note(
        "budget.prepaid_exhausted", was ? "reject" : nil, now ? "reject" : nil,
        now
          ? "Requests are rejected once a prepaid balance is spent; they went on."
          : "A spent prepaid balance changes nothing any more; requests were rejected.")
    }
  }

  private mutating func compareLoopGuard() {
    func limit(_ key: String, _ what: String, _ value: (LoopGuard) -> String?) {
      compare("loop_guard.\(key)", value(before.loopGuard), value(after.loopGuard)) { _, now in
        now.map { "A session is refused from \(what) of \($0) on" }
          ?? "A session is not refused for its \(what) any more"
      }
    }
    limit("session_requests_per_minute", "requests a minute") {
      $0.sessionRequestsPerMinute.map { "\($0)" }
    }
    limit("session_cost_usd_per_day", "cost a day") {
      $0.sessionCostPerDay.map { PolicyWords.text($0) }
    }
  }
}
