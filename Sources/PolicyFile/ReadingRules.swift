import PolicyEngine
import Traffic
import Wording

extension PolicyReader {
  mutating func readClassify(_ node: YAMLTree) {
    for rule in elements(of: node, "`classify`") ?? [] {
      let allowed = AttributionField.allCases.map(\.rawValue) + ["class"]
      guard
        let fields = fields(of: rule, "a rule", allowed: allowed, required: ["class"])
      else { continue }
      let match = match(fields)
      if let node = fields["class"], let trafficClass: TrafficClass = word(node, "class") {
        definition.classify.append(ClassifyRule(match, trafficClass))
      }
    }
  }

  mutating func readNeverDowngrade(_ node: YAMLTree) {
    for rule in elements(of: node, "`never_downgrade`") ?? [] {
      let allowed = AttributionField.allCases.map(\.rawValue)
      guard let fields = fields(of: rule, "a rule", allowed: allowed) else { continue }
      definition.neverDowngrade.append(match(fields))
    }
  }

  /// The conditions in the order of the fields, which decides nothing, as all of them must hold.
  private mutating func match(_ fields: [String: YAMLTree]) -> AttributionMatch {
    var conditions: [AttributionMatch.Condition] = []
    for field in AttributionField.allCases {
      guard let node = fields[field.rawValue] else { continue }
      conditions.append(AttributionMatch.Condition(field, patterns(node, field)))
    }
    return AttributionMatch(conditions)
  }

  private mutating func patterns(_ node: YAMLTree, _ field: AttributionField) -> [Wildcard] {
    let nodes: [YAMLTree]
    if case .sequence(let elements) = node.content { nodes = elements } else { nodes = [node] }
    return nodes.compactMap { pattern in
      string(pattern, "`\(field.rawValue)`").map { Wildcard(Name($0)) }
    }
  }

  mutating func readModels(_ node: YAMLTree) {
    guard let entries = entries(of: node, "`models`") else { return }
    places.knowsModels = true
    for entry in entries {
      let model = ModelID(entry.name)
      if model == nil {
        log.add(
          entry.position, "\(Phrase.quoted(entry.name)) names no model",
          remedy: "write `provider/model`, such as `openai/gpt-5`")
      }
      let fields = fields(of: entry.value, "a model", allowed: ["grade"], required: ["grade"])
      let grade: Grade? = fields?["grade"].flatMap { word($0, "grade") }
      // A model whose grade is wrong is known all the same: its steps are not to blame.
      if let model { definition.models[model] = grade ?? .frontier }
    }
  }

  mutating func readTiers(_ node: YAMLTree) {
    for entry in entries(of: node, "`tiers`") ?? [] {
      guard let fields = fields(of: entry.value, "a tier", allowed: ["premium"]) else { continue }
      let hasPremium = fields["premium"].flatMap { bool($0, "`premium`") } ?? false
      if entry.name == "default" {
        definition.otherTiersHavePremium = hasPremium
      } else {
        definition.tiers[Name(entry.name)] = hasPremium
      }
    }
  }

  mutating func readFailures(_ node: YAMLTree) {
    guard
      let fields = fields(
        of: node, "`failures`", allowed: ["retryable", "useful_output_tokens"])
    else { return }
    if let node = fields["retryable"], let kinds = elements(of: node, "`retryable`") {
      definition.retryable = Set(kinds.compactMap { word($0, "kind of failure") })
    }
    if let node = fields["useful_output_tokens"],
      let tokens = integer(node, "`useful_output_tokens`")
    {
      definition.usefulOutputTokens = tokens
    }
  }
}
