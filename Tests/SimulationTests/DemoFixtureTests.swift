import Foundation
import Ingest
import TestSupport
import Testing

@Suite("The demo fixture")
struct DemoFixtureTests {
  private let folder = "fixtures/demo"

  @Test("the command in its README makes it again, byte for byte")
  func isReproducible() async throws {
    let readme = try String(
      contentsOf: Repository.path("\(folder)/README.md"), encoding: .utf8)
    let command = try #require(
      readme.split(separator: "\n").first { $0.hasPrefix("    fallback-ledger simulate ") })
    let arguments = command.split(separator: " ").dropFirst().map(String.init)
    #expect(arguments.suffix(2) == ["--out", folder])

    try await withTemporaryFolder { made in
      let outcome = try await Program.run(
        Array(arguments.dropLast()) + [made.path(percentEncoded: false)])
      #expect(outcome.status == 0, "\(outcome.errText)")
      for name in ["events.jsonl.zst", "prices.csv", "tenants.csv", "policy.yaml"] {
        let new = try InputBytes.read(made.appending(path: name).path(percentEncoded: false))
        let committed = try InputBytes.read(
          Repository.path("\(folder)/\(name)").path(percentEncoded: false))
        #expect(new == committed, "\(name) is not what the command makes")
      }
    }
  }

  @Test("it stays small enough to clone")
  func isSmall() throws {
    let events = Repository.path("\(folder)/events.jsonl.zst")
    #expect(try Data(contentsOf: events).count < 150_000)
  }
}
