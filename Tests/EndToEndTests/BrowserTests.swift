import Foundation
import TestSupport
import Testing

/// The night's page in a browser: at three widths, light, dark and as printed. Needs Chromium, which
/// `./scripts/test --browser` installs.
@Suite("The page in a browser", .enabled(if: Browser.path != nil), .serialized)
struct BrowserTests {
  /// A view of the page.
  struct View: CustomTestStringConvertible, Sendable {
    let width: Int
    var isDark = false
    var isPrint = false
    var isHostile = false

    var testDescription: String {
      "\(width) px\(isDark ? ", dark" : "")\(isPrint ? ", print" : "")\(isHostile ? ", hostile" : "")"
    }
  }

  static let views = [
    View(width: 400), View(width: 1_000), View(width: 1_600), View(width: 400, isDark: true),
    View(width: 1_600, isDark: true), View(width: 800, isPrint: true),
    View(width: 400, isHostile: true), View(width: 1_600, isDark: true, isHostile: true),
  ]

  @Test(
    "fits, has contrast and names for all it shows, and loads nothing", arguments: views)
  func audit(view: View) async throws {
    let page = try await view.isHostile ? Self.hostile.value : Self.demo.value
    let problems = try await Browser.audit(page, view)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("the audit sees what is wrong")
  func audits() async throws {
    let page = """
      <!doctype html><html><head><title>x</title><style>p { color: #aaa; background: #fff; }</style>
      </head><body><h1>a</h1><h3>b</h3><p>pale</p><svg></svg><div style="width:3000px">wide</div>
      <table><tr><td>1</td></tr></table><img src="https://example.invalid/x.png"></body></html>
      """
    let problems = try await Browser.audit(page, View(width: 1_000)).joined(separator: "\n")
    for word in ["language", "h3", "contrast", "svg", "wider", "table", "loads"] {
      #expect(problems.contains(word), "\(word) is not in \(problems)")
    }
  }

  @Test("its sorting runs under the page's own policy, and sorts")
  func sorting() async throws {
    // The page as it is, its policy included: heads become buttons only if the script may run.
    let document = try await Browser.document(of: try await Self.demo.value, View(width: 1_000))
    #expect(document.contains("<button type=\"button\">Workflow</button>"))
    // Another script may not.
    let other = try await Self.demo.value.replacing(
      "</body>", with: "<script>document.title = 'ran'</script></body>")
    #expect(!(try await Browser.document(of: other, View(width: 1_000))).contains("<title>ran"))
  }

  static let demo = Task {
    try await night("2026-10-05") { ledger in
      for command in [
        ["prices", "import", "prices.csv"], ["tenants", "import", "tenants.csv"],
        ["policy", "apply", "policy.yaml"], ["ingest", "events.jsonl.zst"],
      ] {
        var command = command
        command[command.count - 1] = Repository.path("fixtures/demo/\(command.last ?? "")").path
        try await ledger.run(command)
      }
    }
  }

  static let hostile = Task {
    try await night("2026-10-05") { try await HostileNamesTests.write(into: $0) }
  }

  private static func night(
    _ day: String, _ fill: (TestLedger) async throws -> Void
  ) async throws -> String {
    try await withLedger { ledger in
      try await fill(ledger)
      try await ledger.run(["nightly", "--date", day, "--out", ledger.folder.path])
      return try String(
        contentsOf: ledger.folder.appending(path: "\(day)/index.html"), encoding: .utf8)
    }
  }
}
