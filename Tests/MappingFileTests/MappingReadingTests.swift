import Foundation
import Ingest
import MappingFile
import PolicyFile
import TestSupport
import Testing
import Traffic

@Suite("Mapping files")
struct MappingReadingTests {
  private static let good = """
    version: 1
    fields:
      request_id: id
      ts: at
      route.model: model
      outcome: state
    """

  private func mistakes(_ text: String) -> [String] {
    do {
      _ = try MappingYAML.read(Array(text.utf8))
      return []
    } catch {
      return error.text(file: "m.yaml").split(separator: "\n").map(String.init)
    }
  }

  @Test("the one in formats is right, and reads as it says")
  func sample() throws {
    let bytes = try Data(contentsOf: Repository.path("formats/custom.yaml"))
    let mapping = try MappingYAML.read(Array(bytes))
    #expect(mapping.name == "acme-gateway")
    #expect(mapping.money == .cents)
    #expect(mapping.time == .milliseconds)
    #expect(mapping.outcomes == ["ok": .success, "error": .failure])
    #expect(mapping.failures["throttled"] == .rateLimited)
    #expect(mapping.paths[.ts]?.map(\.description) == ["call.started", "received"])
    #expect(mapping.constants[.environment] == "production")
  }

  @Test("what no attempt can do without is asked for, in one go")
  func gaps() {
    #expect(mistakes(Self.good).isEmpty)
    #expect(
      mistakes("version: 1\nfields:\n  tenant_id: t\n") == [
        "m.yaml:3:3: `fields` lacks `request_id`; say where it stands; every attempt needs it",
        "m.yaml:3:3: `fields` lacks `ts`; say where it stands; every attempt needs it",
        "m.yaml:3:3: `fields` lacks `route.model`; say where it stands; every attempt needs it",
        "m.yaml:3:3: nothing says whether an attempt succeeded; give `outcome`, "
          + "`failure.http_status` or `failure.kind` in `fields`",
      ])
  }

  @Test(
    "a mistake is said with its place, and what was meant",
    arguments: [
      ("  tenant: t", "m.yaml:7:3: unknown field `tenant`"),
      ("  tenant_id: a..b", "m.yaml:7:14: `a..b` is no path"),
      ("  tenant_id: 7", "m.yaml:7:14: a path cannot be the number `7`"),
      ("units: {money: cent}", "m.yaml:7:16: unknown unit of money `cent`; did you mean `cents`?"),
      ("outcomes: {ok: good}", "m.yaml:7:16: unknown outcome `good`"),
      ("constants: {cost_usd: 1}", "m.yaml:7:23: `cost_usd` cannot be the same in every record"),
      ("fileds: {}", "m.yaml:7:1: unknown key `fileds`; did you mean `fields`?"),
      ("version: 1", "m.yaml:7:1: the key `version` is given twice"),
    ])
  func mistake(line: String, found: String) {
    let all = mistakes(Self.good + "\n" + line + "\n")
    #expect(all.count == 1)
    #expect(all.first?.hasPrefix(found) == true, "\(all)")
  }

  @Test("an empty file says what to write")
  func empty() {
    #expect(
      mistakes(" \n") == ["m.yaml:1:1: the file is empty; give at least `version` and `fields`"])
  }
}
