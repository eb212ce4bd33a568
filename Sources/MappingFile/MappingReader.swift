import Ingest
import PolicyFile
import Traffic
import Wording

/// Fills a mapping from a file's tree, and notes every mistake on the way.
struct MappingReader: YAMLReading {
  var log: MistakeLog
  var mapping = CustomMapping(name: "custom")

  init(log: MistakeLog) { self.log = log }

  mutating func read(_ root: YAMLTree) {
    guard
      let values = fields(
        of: root, "a mapping",
        allowed: [
          "version", "name", "recognise", "records", "fields", "constants", "units", "outcomes",
          "failures", "input_includes_cached",
        ])
    else { return }
    for name in ["version", "fields"] where values[name] == nil {
      log.add(root.position, "the mapping lacks `\(name)`", remedy: "add it")
    }
    if let node = values["version"] { readVersion(node) }
    if let node = values["name"], let text = string(node, "a name") { mapping.name = text }
    if let node = values["recognise"] { mapping.recognise = paths(node) }
    if let node = values["records"] { mapping.entries = path(node) }
    if let node = values["fields"] { readFields(node) }
    if let node = values["constants"] { readConstants(node) }
    if let node = values["units"] { readUnits(node) }
    if let node = values["outcomes"] {
      for (word, value) in words(node, "outcomes") {
        if let outcome: Outcome = self.word(value, "outcome") {
          mapping.outcomes[word.lowercased()] = outcome
        }
      }
    }
    if let node = values["failures"] {
      for (word, value) in words(node, "failures") {
        mapping.failures[word] = self.word(value, "kind of failure")
      }
    }
    if let node = values["input_includes_cached"] {
      if let value = node.bool {
        mapping.inputIncludesCached = value
      } else {
        refuse(node, "`input_includes_cached`", remedy: "write `true` or `false`")
      }
    }
    if let fields = values["fields"], log.isEmpty { noteGaps(at: fields.position) }
  }

  private mutating func readVersion(_ node: YAMLTree) {
    if case .plain("1") = node.content { return }
    refuse(node, "the version", remedy: "write `version: 1`, the only one")
  }

  private mutating func readFields(_ node: YAMLTree) {
    for (name, value) in fields(node, "`fields`") { mapping.paths[name] = paths(value) }
  }

  private mutating func readConstants(_ node: YAMLTree) {
    for (name, value) in fields(node, "`constants`") {
      switch name {
      case .requestID, .eventID, .attempt, .ts, .endedAt, .latency, .inputTokens,
        .cachedInputTokens, .cacheWriteTokens, .outputTokens, .reasoningTokens, .cost, .revenue,
        .httpStatus:
        log.add(
          value.position, "`\(name.rawValue)` cannot be the same in every record",
          remedy: "give its path in `fields`")
      case .tenantID, .tenantTier, .userID, .application, .feature, .workflow, .assistantID,
        .threadID, .sessionID, .environment, .primaryProvider, .primaryModel, .primaryGroup,
        .routeProvider, .routeModel, .routeGroup, .failureKind:
        mapping.constants[name] = string(value, "`\(name.rawValue)`")
      case .outcome:
        let outcome: Outcome? = word(value, "outcome")
        mapping.constants[name] = outcome?.rawValue
      case .trafficClass:
        let trafficClass: TrafficClass? = word(value, "traffic class")
        mapping.constants[name] = trafficClass?.rawValue
      case .action:
        let action: Action? = word(value, "action")
        mapping.constants[name] = action?.rawValue
      }
    }
  }

  private mutating func readUnits(_ node: YAMLTree) {
    guard let values = fields(of: node, "`units`", allowed: ["money", "time"]) else { return }
    if let node = values["money"], let unit: MoneyUnit = word(node, "unit of money") {
      mapping.money = unit
    }
    if let node = values["time"] {
      mapping.time = word(node, "unit of time")
    }
  }

  /// What no attempt can do without.
  private mutating func noteGaps(at position: Position) {
    for field in [CustomMapping.Field.requestID, .ts, .routeModel]
    where !mapping.isGiven(field) {
      log.add(
        position, "`fields` lacks `\(field.rawValue)`",
        remedy: "say where it stands; every attempt needs it")
    }
    let telling: [CustomMapping.Field] = [.outcome, .httpStatus, .failureKind]
    if !telling.contains(where: mapping.isGiven) {
      log.add(
        position, "nothing says whether an attempt succeeded",
        remedy: "give \(Phrase.list(telling.map(\.rawValue))) in `fields`")
    }
  }

  // MARK: values

  private mutating func path(_ node: YAMLTree) -> FieldPath? {
    guard let text = string(node, "a path") else { return nil }
    guard let path = FieldPath(text) else {
      log.add(
        node.position, "\(Phrase.quoted(text)) is no path",
        remedy: "join keys by dots, such as `usage.prompt_tokens`, or `tags[team]`")
      return nil
    }
    return path
  }

  /// A path, or a list of them of which the first that finds something has it.
  private mutating func paths(_ node: YAMLTree) -> [FieldPath] {
    guard case .sequence(let elements) = node.content else { return path(node).map { [$0] } ?? [] }
    if elements.isEmpty { refuse(node, "a path", remedy: "give at least one") }
    var paths: [FieldPath] = []
    for element in elements { if let path = path(element) { paths.append(path) } }
    return paths
  }

  // MARK: mappings

  private mutating func fields(
    _ node: YAMLTree, _ what: String
  ) -> [(CustomMapping.Field, YAMLTree)] {
    let allowed = CustomMapping.Field.allCases.map(\.rawValue)
    var fields: [(CustomMapping.Field, YAMLTree)] = []
    for entry in entries(of: node, what) ?? [] {
      if let field = CustomMapping.Field(rawValue: entry.name) {
        fields.append((field, entry.value))
      } else {
        log.add(
          entry.position, "unknown field \(Phrase.quoted(entry.name))",
          remedy: "the fields are those of the event format, such as `request_id`, `route.model`",
          suggestion: NearestWord.of(entry.name, in: allowed))
      }
    }
    return fields
  }

  /// The log's words and what they mean here.
  private mutating func words(_ node: YAMLTree, _ what: String) -> [(String, YAMLTree)] {
    (entries(of: node, "`\(what)`") ?? []).map { ($0.name, $0.value) }
  }
}
