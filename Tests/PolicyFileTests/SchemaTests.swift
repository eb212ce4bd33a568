import Foundation
import PolicyEngine
import TestSupport
import Testing
import Units

@testable import PolicyFile

@Suite("The schema of policy files")
struct SchemaTests {
  let validator: SchemaValidator

  init() throws {
    let object = try JSONSerialization.jsonObject(with: Data(PolicySchema.json.utf8))
    validator = SchemaValidator(try #require(object as? [String: Any]))
  }

  private func tree(_ yaml: String) throws -> YAMLTree {
    var log = MistakeLog()
    return try YAMLTree.parse(yaml, into: &log)
  }

  /// What the reader says; nil where the schema cannot know it.
  private func readerAccepts(_ yaml: String) -> Bool? {
    do {
      _ = try PolicyYAML.read(yaml)
      return true
    } catch {
      let unknowable = ["has no grade", "not above", "given twice"]
      let structural = error.mistakes.filter { mistake in
        !unknowable.contains { mistake.what.contains($0) }
      }
      return structural.isEmpty ? nil : false
    }
  }

  @Test("accepts the presets and the policies of the fixtures", arguments: PolicyPreset.allCases)
  func presets(preset: PolicyPreset) throws {
    #expect(try validator.accepts(SchemaValue(try tree(preset.yaml))))
    for path in ["fixtures/policies/decision-policy.yaml", "fixtures/small_day/policy.yaml"] {
      let text = try String(contentsOf: Repository.path(path), encoding: .utf8)
      #expect(try validator.accepts(SchemaValue(try tree(text))), "\(path)")
    }
  }

  @Test(
    "refuses what the reader refuses",
    arguments: WrongPolicyTests.words + WrongPolicyTests.shapes.filter { $0.isStructural })
  func refused(wrong: WrongPolicy) throws {
    #expect(try !validator.accepts(SchemaValue(try tree(wrong.yaml))))
  }

  /// Takes a sound policy apart: leaves something out, or puts another value in its place.
  @Test(
    "agrees with the reader on policies with a part gone wrong", arguments: 0..<300 as Range<UInt64>
  )
  func mutations(seed: UInt64) throws {
    var mutation = Mutation(seed: seed)
    let preset = PolicyPreset.allCases[mutation.random.below(2)]
    let yaml = mutation.changed(try tree(preset.yaml))
    guard let expected = readerAccepts(yaml) else { return }
    #expect(try validator.accepts(SchemaValue(try tree(yaml))) == expected, "\(yaml)")
  }
}

extension WrongPolicy {
  /// Whether something else is wrong than a spelling or what only the whole can tell.
  fileprivate var isStructural: Bool { !["stages"].contains(testDescription) }
}

/// Writes a tree as YAML in one line, with one to three of its nodes changed.
private struct Mutation {
  var random: SeededGenerator
  /// Nodes until the next change.
  private var countdowns: [Int]

  /// In the spelling in which editors and the reader agree.
  private static let values = [
    "null", "true", "0", "1", "-1", "0.5", "-0.5", "3", "1e30", "\"\"", "\"1\"", "\"0.25\"",
    "\"x/y\"",
    "\"-1\"", "text", "primary", "openai/gpt-5", "batch", "frontier", "reject", "queue", "timeout",
    "block", "[]", "[batch]", "[\"\"]", "[1]", "{}", "{grade: balanced}", "{premium: false}",
    "{class: batch}", "{model: primary}", "{action: pause, premium: true}",
    "{action: queue, last_resort: true}", "[{model: primary, notice: x}]", "[{}]", "{batch: none}",
    "{watch: 0.1}",
  ]
  private static let keys = [
    "steps", "class", "model", "action", "tenant_id", "batch", "watch", "grade", "x", "version",
    "a/b",
  ]

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    countdowns = (0..<(1 + random.below(3))).map { _ in random.below(160) }
    self.random = random
  }

  private mutating func isDue() -> Bool {
    countdowns = countdowns.map { $0 - 1 }
    return countdowns.contains(-1)
  }

  mutating func changed(_ tree: YAMLTree) -> String {
    if isDue() { return Self.values[random.below(Self.values.count)] }
    switch tree.content {
    case .plain(let text): return text
    case .string(let text): return "\"\(text)\""
    case .refused: return "null"
    case .sequence(let elements):
      var parts = elements.map { changed($0) }
      if isDue() { parts.append(Self.values[random.below(Self.values.count)]) }
      if isDue() { parts = Array(parts.dropLast()) }
      return "[" + parts.joined(separator: ", ") + "]"
    case .mapping(let pairs):
      var parts: [(key: String, value: String)] = []
      for pair in pairs {
        let key = pair.key.keyText ?? ""
        if isDue() { continue }
        let name = isDue() ? Self.keys[random.below(Self.keys.count)] : key
        let value = changed(pair.value)
        if !parts.contains(where: { $0.key == name }) { parts.append((name, value)) }
      }
      return "{" + parts.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
    }
  }
}
