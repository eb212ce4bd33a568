import PolicyFile
import Testing

/// A file that is refused, and every line that is said about it.
struct WrongPolicy: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let yaml: String
  let mistakes: [String]

  /// `yaml` follows the six lines of ``sound``, so that it begins on line 7.
  init(_ name: String, after yaml: String, _ mistakes: String...) {
    testDescription = name
    self.yaml = Self.sound + yaml
    self.mistakes = mistakes
  }

  init(_ name: String, whole yaml: String, _ mistakes: String...) {
    testDescription = name
    self.yaml = yaml
    self.mistakes = mistakes
  }

  static let sound = """
    version: 1
    models:
      openai/gpt-5: {grade: frontier}
    classes:
      batch:
        steps: [{model: primary}]

    """

  static let topKeys = """
    `version`, `name`, `default_class`, `classify`, `models`, `tiers`, `failures`, \
    `never_downgrade`, `classes`, `budget` or `loop_guard`
    """
  static let classes = """
    `critical_user_facing`, `non_critical_user_facing`, `internal_automation`, `batch` or `experiment`
    """
  static let grades = "`low_cost`, `balanced` or `frontier`"
}

@Suite("A wrong policy file")
struct WrongPolicyTests {
  static let words: [WrongPolicy] = [
    WrongPolicy(
      "misspelt key", after: "clasify: []\n",
      "p:7:1: unknown key `clasify`; did you mean `classify`? (allowed: \(WrongPolicy.topKeys))"),
    WrongPolicy(
      "key of another place", after: "steps: []\n",
      "p:7:1: unknown key `steps`; allowed: \(WrongPolicy.topKeys)"),
    WrongPolicy(
      "key twice, and the rest is read", after: "name: a\n\"name\": b\n'name': c\ntiers: 1\n",
      "p:8:1: the key `name` is given twice, first on line 7; keep one of them",
      "p:9:1: the key `name` is given twice, first on line 7; keep one of them",
      "p:10:8: `tiers` cannot be the number `1`; write a mapping, `key: value`"),
    WrongPolicy(
      "class", after: "default_class: batsh\n",
      """
      p:7:16: unknown class `batsh`; did you mean `batch`? (allowed: \(WrongPolicy.classes))
      """),
    WrongPolicy(
      "grade and model name",
      whole: """
        version: 1
        classes: {batch: {quality_floor: high, steps: [{model: alpha/one}]}}
        models: {alpha/one: {grade: frontir}, beta: {grade: balanced}, gamma/three: {}}
        """,
      "p:2:34: unknown grade `high`; allowed: \(WrongPolicy.grades)",
      "p:3:29: unknown grade `frontir`; did you mean `frontier`? (allowed: \(WrongPolicy.grades))",
      "p:3:39: `beta` names no model; write `provider/model`, such as `openai/gpt-5`",
      "p:3:77: a model lacks `grade`; add it"),
    WrongPolicy(
      "kind of failure", after: "failures: {retryable: [timeouts]}\n",
      """
      p:7:24: unknown kind of failure `timeouts`; did you mean `timeout`? (allowed: `timeout`, \
      `rate_limited`, `server_error`, `network`, `overloaded`, `stream_dropped`, `invalid_api_key`, \
      `malformed_request`, `unsupported_tool_schema`, `content_policy`, `quota_exhausted`, \
      `validation_failed`, `context_window_exceeded` or `unknown`)
      """),
    WrongPolicy(
      "budget words",
      after: """
        budget:
          stages: {critical: 0.9}
          effects: {watch: {batch: stop, experment: none}}
          prepaid_exhausted: allow
        """,
      """
      p:8:12: unknown stage `critical`; did you mean `critical_only`? (allowed: `watch`, \
      `constrained` or `critical_only`)
      """,
      "p:9:28: unknown effect `stop`; allowed: `none`, `downgrade`, `unpaid_only` or `block`",
      """
      p:9:34: unknown class `experment`; did you mean `experiment`? (allowed: \(WrongPolicy.classes))
      """,
      "p:10:22: unknown rule `allow`; allowed: `reject`"),
  ]

  static let shapes: [WrongPolicy] = [
    WrongPolicy(
      "required keys", whole: "name: a\n",
      "p:1:1: a policy lacks `version`; add it", "p:1:1: a policy lacks `models`; add it",
      "p:1:1: a policy lacks `classes`; add it"),
    WrongPolicy(
      "version", whole: "version: 2\nmodels: {}\nclasses: {}\n",
      "p:1:10: the version cannot be the number `2`; write `version: 1`, the only one"),
    WrongPolicy(
      "stages", after: "budget: {stages: {constrained: 0.8, watch: 0.9, critical_only: 0.90}}\n",
      """
      p:7:32: stage `constrained` begins at 0.8, not above `watch` at 0.9; let the stages rise: \
      `watch`, `constrained` or `critical_only`
      """),
    WrongPolicy(
      "steps",
      whole: """
        version: 1
        models: {alpha/large: {grade: frontier}}
        classes:
          batch: {steps: []}
          experiment:
            steps:
              - {model: alpha/lagre}
              - {action: cached, last_resort: true}
              - {model: primary, action: queue}
              - {notice: late}
              - {model: gpt}
        """,
      "p:4:18: no steps; give at least one, such as `- {model: primary}`",
      """
      p:7:17: `alpha/lagre` has no grade; did you mean `alpha/large`? (give it one in `models`)
      """,
      """
      p:8:18: unknown action `cached`; did you mean `cached_response`? (allowed: `cached_response`, \
      `default_response`, `queue`, `pause`, `manual_review` or `reject`)
      """,
      """
      p:8:39: `last_resort` on a step without a model; leave it out, or give the step a model
      """,
      "p:9:34: a step with both a model and an action; keep one of them, or write two steps",
      """
      p:10:9: a step without `model` or `action`; write `model: primary`, `model: provider/model` \
      or `action: …`
      """,
      "p:11:17: `gpt` names no model; write `primary` or `provider/model`"),
    WrongPolicy(
      "numbers",
      whole: """
        version: 1
        models: {}
        classes:
          batch:
            retries_per_step: 1.5
            stop: {provider_failures: -1, elapsed_ms: 010, retry_budget: "2", daily_budget_usd: 1e99}
          experiment: {stop: {budget_utilisation: -0.1}}
        """,
      "p:5:23: `retries_per_step` cannot be the number `1.5`; write a whole number, 0 or more",
      "p:6:31: `provider_failures` cannot be the number `-1`; write a whole number, 0 or more",
      "p:6:47: `elapsed_ms` cannot be the number `010`; write a whole number, 0 or more",
      "p:6:66: `retry_budget` cannot be the text `2`; write a whole number, 0 or more",
      """
      p:6:89: `daily_budget_usd` cannot be the number `1e99`; write USD as a decimal number, 0 or \
      more, such as 25 or 0.50
      """,
      """
      p:7:43: `budget_utilisation` cannot be the number `-0.1`; write a decimal number, 0 or more; \
      80 % is 0.80
      """),
    WrongPolicy(
      "other types",
      after: """
        name: 5
        classify: {environment: dev}
        never_downgrade: [{workflow: [true, ~]}, chat]
        tiers: {pro: {premium: yes}}
        budget:
        """,
      "p:7:7: a name cannot be the number `5`; put it in quotes: \"5\"",
      "p:8:11: `classify` cannot be a mapping; write a list, `[a, b]` or one `- ` a line",
      "p:9:31: `workflow` cannot be the boolean `true`; put it in quotes: \"true\"",
      "p:9:37: `workflow` cannot be the empty value `~`; put it in quotes: \"~\"",
      "p:9:42: a rule cannot be `chat`; write a mapping, `key: value`",
      "p:10:24: `premium` cannot be `yes`; write `true` or `false`",
      "p:11:8: `budget` cannot be the empty value; write a mapping, `key: value`"),
  ]

  static let texts: [WrongPolicy] = [
    WrongPolicy(
      "empty", whole: "# nothing\n",
      "p:1:1: the file is empty; give at least `version`, `models` and `classes`"),
    WrongPolicy(
      "no mapping", whole: "- a\n",
      "p:1:1: a policy cannot be a list; write a mapping, `key: value`"),
    WrongPolicy(
      "tab", after: "budget:\n\tstages: {}\n",
      """
      p:8:1: invalid YAML: found character that cannot start any token while scanning for the next \
      token that begins at 8:1; indent with spaces; YAML allows no tab here
      """),
    WrongPolicy(
      "quote left open", after: "name: 'a\n",
      """
      p:8:1: invalid YAML: found unexpected end of stream while scanning a quoted scalar that \
      begins at 7:7; check brackets, quotes and indentation up to here
      """),
    WrongPolicy(
      "star that begins a pattern", after: "never_downgrade: [{workflow: *_review}]\n",
      """
      p:7:30: invalid YAML: found undefined alias; quote a pattern that begins with `*`: "*_review"
      """),
    WrongPolicy(
      "second document", after: "---\nversion: 1\n",
      "p:7:1: a second document; keep one, without another `---`"),
    WrongPolicy(
      "anchor", after: "name: &name a\n",
      "p:7:7: an anchor or alias; write the value out where it is used"),
    WrongPolicy(
      "anchor and alias", after: "name: &a x\n*a : b\n",
      "p:7:7: an anchor or alias; write the value out where it is used",
      "p:8:1: an anchor or alias; write the value out where it is used"),
    WrongPolicy(
      "tag", after: "name: !!str a\n", "p:7:7: a tag; leave out the word that begins with `!`"),
    WrongPolicy(
      "key that is a list", after: "? [a]\n: b\n",
      "p:7:3: a key that is no plain name; write a name before the `:`"),
    WrongPolicy(
      "control character", after: "name: a\u{1}\n",
      "p:7:8: the control character U+0001; remove it; line breaks and tabs within text are fine"),
    WrongPolicy(
      "byte-order mark and carriage returns are fine",
      whole: "\u{FEFF}" + sound.replacing("\n", with: "\r\n") + "nam: x\r\n",
      "p:7:1: unknown key `nam`; did you mean `name`? (allowed: \(WrongPolicy.topKeys))"),
    WrongPolicy(
      "long", after: String(repeating: "#", count: 1 << 20),
      "p:1:1: the file has 1048677 bytes; a policy has at most 1048576"),
    WrongPolicy(
      "nested past the limit",
      after: "name: " + String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
      "p:7:7: a name cannot be a list; give a text",
      "p:7:70: nesting deeper than 64; a policy needs no more than six levels"),
    WrongPolicy(
      "nested without end", after: "name: " + String(repeating: "[", count: 100_000),
      "p:7:8: nesting deeper than 64; a policy needs no more than six levels"),
    WrongPolicy(
      "many values", after: "name: [" + String(repeating: "a,", count: 100_000) + "]",
      "p:7:7: a name cannot be a list; give a text",
      "p:7:199968: too many values; a policy has at most 100000"),
  ]

  private static let sound = WrongPolicy.sound

  @Test("42, 43: is refused with every mistake in its place", arguments: words + shapes + texts)
  func refused(wrong: WrongPolicy) {
    do {
      _ = try PolicyYAML.read(wrong.yaml)
      Issue.record("the file was accepted")
    } catch {
      #expect(error.mistakes.map { $0.text(file: "p") } == wrong.mistakes)
    }
  }

  @Test("of bytes that are no UTF-8 is refused where they begin")
  func invalidUTF8() {
    do {
      _ = try PolicyYAML.read(Array("name: é".utf8) + [0xC3, 0x28])
      Issue.record("the file was accepted")
    } catch {
      #expect(error.text(file: "p") == "p:1:8: a byte that is no UTF-8; save the file as UTF-8")
    }
  }

  @Test("42: whose aliases would explode is refused at once")
  func billionLaughs() {
    var yaml = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for (name, last) in zip("bcdefghijkl", "abcdefghijk") {
      yaml += "\(name): &\(name) [" + String(repeating: "*\(last), ", count: 9) + "]\n"
    }
    #expect(throws: PolicyFileError.self) { try PolicyYAML.read(yaml + "*l : b\n") }
  }
}
