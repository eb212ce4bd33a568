import PolicyAnalysis
package import PolicyEngine
import Traffic
import Units
import Wording

/// What `policy show` prints: a policy as a matrix, and what stands around it.
package struct MatrixReport: Sendable {
  private let definition: PolicyDefinition
  private let matrix: PolicyMatrix

  package init(_ policy: Policy) {
    definition = policy.definition
    matrix = PolicyMatrix(policy)
  }

  private var title: String { "Policy \(definition.name ?? "without a name")" }

  /// One row a class.
  package var table: ReportTable {
    ReportTable(
      title: "Steps and stops by class",
      columns: [
        .init("class", "Class", .text), .init("primary", "Primary", .text),
        .init("fallbacks", "Fallbacks", .text), .init("hard_stop", "Hard stop", .text),
        .init("quality_floor", "Floor", .text),
      ]
        + matrix.stages.map {
          .init("at_\($0.stage.rawValue)", "At \(PolicyWords.text($0.from))", .text)
        },
      rows: matrix.rows.map { row in
        [
          .label(row.trafficClass.rawValue), .name(row.primary), .name(row.fallbacks),
          .label(row.hardStop), .label(row.rules.qualityFloor.rawValue),
        ] + row.effects.map { .label($0.rawValue) }
      })
  }

  /// For a terminal: the table where it fits whole, else a block for each class.
  package func text(with renderer: TextRenderer) -> String {
    let whole = TextRenderer(width: 10_000).text(table)
    let widest = whole.split(separator: "\n").reduce(0) { max($0, DisplayWidth.of(String($1))) }
    let classes =
      widest <= renderer.width ? [ReportPage.Section(nil, .table(table))] : blocks
    return renderer.text(ReportPage(title, classes + surroundings))
  }

  package var markdown: String {
    MarkdownRenderer.text(ReportPage(title, [.init(nil, .table(table))] + surroundings))
  }

  package var csv: String { CSVRenderer.text(table) }

  private var blocks: [ReportPage.Section] {
    matrix.rows.map { row in
      var facts = [
        (label: "primary", text: row.primary), ("fallbacks", row.fallbacks),
        ("hard stop", row.hardStop), ("floor", row.rules.qualityFloor.rawValue),
      ]
      if !matrix.stages.isEmpty {
        let effects = zip(matrix.stages, row.effects).map { stage, effect in
          "\(effect.rawValue) at \(PolicyWords.text(stage.from))"
        }
        facts.append(("budget", effects.joined(separator: ", ")))
      }
      return ReportPage.Section(row.trafficClass.rawValue, .facts(facts))
    }
  }

  private var surroundings: [ReportPage.Section] {
    var classes = definition.classify.enumerated().map { index, rule in
      (
        label: "rule \(index + 1)",
        text: "\(rule.trafficClass.rawValue): \(PolicyWords.text(rule.match))"
      )
    }
    classes.append(("else", "what the gateway says, or \(definition.defaultClass.rawValue)"))
    var rest: [(label: String, text: String)] = Grade.allCases.reversed().compactMap { grade in
      let models = definition.models.filter { $0.value == grade }.keys.sorted()
      return models.isEmpty
        ? nil : (grade.rawValue, models.map(\.description).joined(separator: ", "))
    }
    let premium = definition.tiers.filter(\.value).keys.sorted().map(\.text)
    let plain = definition.tiers.filter { !$0.value }.keys.sorted().map(\.text)
    let others = definition.otherTiersHavePremium
    let mayPay = premium + (others ? ["every tier not listed"] : [])
    rest.append(
      ("premium steps", "for \(mayPay.isEmpty ? "no tier" : Phrase.joined(mayPay, "and"))"))
    if others, !plain.isEmpty { rest.append(("no premium", Phrase.joined(plain, "and"))) }
    let kinds = FailureKind.allCases.filter(definition.retryable.contains)
    var retryable = Phrase.joined(kinds.map(\.rawValue), "and")
    if kinds.contains(.streamDropped) {
      let tokens = definition.usefulOutputTokens
      retryable +=
        "; a dropped stream is not once it gave \(tokens) output \(tokens == 1 ? "token" : "tokens")"
    }
    rest.append(("retryable", retryable))
    rest += definition.neverDowngrade.map { ("never downgraded", PolicyWords.text($0)) }
    if definition.rejectsPrepaidExhausted {
      rest.append(("prepaid spent", "every request is rejected"))
    }
    if let limit = definition.loopGuard.sessionRequestsPerMinute {
      rest.append(("loop guard", "a session's \(limit) requests a minute"))
    }
    if let limit = definition.loopGuard.sessionCostPerDay {
      rest.append(("loop guard", "a session's \(PolicyWords.text(limit)) a day"))
    }
    return [.init("Which class", .facts(classes)), .init("Beside the classes", .facts(rest))]
  }

  package var json: String {
    let classes = matrix.rows.map { row -> JSONValue in
      .object([
        ("class", .string(row.trafficClass.rawValue)),
        ("quality_floor", .string(row.rules.qualityFloor.rawValue)),
        ("steps", .array(row.rules.steps.map(json))),
        ("retries_per_step", .integer(Int64(row.rules.retriesPerStep))),
        ("stop", json(row.rules.stop)),
        (
          "effects",
          .object(
            zip(matrix.stages, row.effects).map { ($0.stage.rawValue, .string($1.rawValue)) })
        ),
      ])
    }
    return JSONWriter.text(
      .object([
        ("name", .optional(definition.name)),
        ("default_class", .string(definition.defaultClass.rawValue)),
        (
          "stages",
          .object(
            matrix.stages.map { ($0.stage.rawValue, .number($0.from.description)) })
        ),
        ("classes", .array(classes)),
      ]))
  }

  private func json(_ step: Step) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    switch step.work {
    case .model(.primary, _): members.append(("model", .string("primary")))
    case .model(.named(let model), _): members.append(("model", .string(model.description)))
    case .action(let action): members.append(("action", .string(action.rawValue)))
    }
    if step.isPremium { members.append(("premium", .bool(true))) }
    if step.isLastResort { members.append(("last_resort", .bool(true))) }
    if let notice = step.notice { members.append(("notice", .string(notice))) }
    return .object(members)
  }

  private func json(_ stop: StopLimits) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    if let limit = stop.providerFailures {
      members.append(("provider_failures", .integer(Int64(limit))))
    }
    if let limit = stop.elapsedMilliseconds { members.append(("elapsed_ms", .integer(limit))) }
    if let limit = stop.budgetUtilisation {
      members.append(("budget_utilisation", .number(limit.description)))
    }
    if let limit = stop.dailyBudget { members.append(("daily_budget_usd", .money(limit))) }
    if let limit = stop.retryBudget { members.append(("retry_budget", .integer(Int64(limit)))) }
    return .object(members)
  }
}
