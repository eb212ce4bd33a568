import PolicyEngine
import Traffic
import Wording

/// Fills a definition from a file's tree, and notes every mistake on the way.
///
/// What is wrong is noted once and then stands in with something harmless, so that one mistake does
/// not bring others with it.
struct PolicyReader: YAMLReading {
  var log: MistakeLog
  var definition = PolicyDefinition()
  var places = Places()

  /// Where the parts are that only the whole definition can be asked about.
  struct Places {
    var steps: [TrafficClass: Position] = [:]
    var step: [TrafficClass: [Position]] = [:]
    var stages: [BudgetStage: Position] = [:]
    /// False where `models` could not be read, and no step can be blamed for that.
    var knowsModels = false
  }

  init(log: MistakeLog) { self.log = log }

  mutating func read(_ root: YAMLTree) {
    guard
      let fields = fields(
        of: root, "a policy",
        allowed: [
          "version", "name", "default_class", "classify", "models", "tiers", "failures",
          "never_downgrade", "classes", "budget", "loop_guard",
        ], required: ["version", "models", "classes"])
    else { return }
    if let node = fields["version"] { readVersion(node) }
    if let node = fields["name"] { definition.name = string(node, "a name") }
    if let node = fields["default_class"], let value: TrafficClass = word(node, "class") {
      definition.defaultClass = value
    }
    if let node = fields["classify"] { readClassify(node) }
    if let node = fields["models"] { readModels(node) }
    if let node = fields["tiers"] { readTiers(node) }
    if let node = fields["failures"] { readFailures(node) }
    if let node = fields["never_downgrade"] { readNeverDowngrade(node) }
    if let node = fields["classes"] { readClasses(node) }
    if let node = fields["budget"] { readBudget(node) }
    if let node = fields["loop_guard"] { readLoopGuard(node) }
    notePlacedProblems()
  }

  private mutating func readVersion(_ node: YAMLTree) {
    if case .plain("1") = node.content { return }
    refuse(node, "the version", remedy: "write `version: 1`, the only one")
  }

  /// Puts the engine's own refusals in their places. Negative numbers were refused where they stood.
  private mutating func notePlacedProblems() {
    for problem in definition.problems() {
      switch problem {
      case .noSteps(let trafficClass):
        log.add(
          places.steps[trafficClass] ?? .start, "no steps",
          remedy: "give at least one, such as `- {model: primary}`")
      case .tooManySteps(let trafficClass, let count):
        log.add(
          places.steps[trafficClass] ?? .start, "\(count) steps",
          remedy: "give at most \(ClassPolicy.maximumSteps)")
      case .ungradedModel(let model, let trafficClass, let step):
        guard places.knowsModels else { continue }
        let positions = places.step[trafficClass] ?? []
        log.add(
          step < positions.count ? positions[step] : .start,
          "\(Phrase.quoted("\(model)")) has no grade",
          remedy: "give it one in `models`",
          suggestion: NearestWord.of(
            "\(model)", in: definition.models.keys.sorted().map(\.description)))
      case .stageDoesNotRise(let stage, let threshold, let lower, let from):
        log.add(
          places.stages[stage] ?? .start,
          "stage `\(stage.rawValue)` begins at \(threshold), not above `\(lower.rawValue)` at \(from)",
          remedy: "let the stages rise: \(Phrase.list(BudgetStage.allCases.map(\.rawValue)))")
      case .negative:
        continue
      }
    }
  }
}
