import ArgumentParser
import Ingest
import LedgerStore
import Reports

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every promise of the ledger against its own data.",
    discussion: """
      Reads the whole ledger on one snapshot and changes nothing: lines are conserved, every figure of
      a request is derived again and compared, and sums, plans, fees and the margin bridge add up. The
      checks that are queries stand in queries/checks. Ends with 0 if all hold (warnings are no
      failures), 1 if something does not, 78 if the file is damaged.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @OptionGroup var ledger: LedgerOption

  @Option(help: "How to print it.")
  var format = Format.table

  @Flag(help: "Run every check by itself, though nothing left a doubt of it.")
  var thorough = false

  func run() throws {
    let results = try ledger.open(.read).readBeside { readers in
      try Verifier.verify(readers, path: ledger.path, asksAll: thorough) { content in
        var hash = ContentHash()
        return hash.of(content).x
      }
    }
    switch format {
    case .table: try Output.data(Self.text(results))
    case .json: try Output.data(JSONWriter.text(Self.json(results)))
    }
    let failed = results.count { !$0.holds && $0.check.severity == .error }
    guard failed == 0 else {
      Output.note(
        "error: \(failed) of \(results.count) checks of \(ledger.path) do not hold; restore the "
          + "ledger from a copy, or make it anew from the logs")
      throw ExitCode(1)
    }
    if format == .table { Output.note("\(ledger.path): all \(results.count) checks hold") }
  }

  /// A line a check, and below those that do not hold the first places where they do not.
  private static func text(_ results: [CheckResult]) -> String {
    let table = ReportTable(
      title: "Checks",
      columns: [
        .init("check", "Check", .text), .init("result", "Result", .text),
        .init("breaches", "Breaches", .count),
      ],
      rows: results.map { [.label($0.check.name), .label($0.word), .count($0.breachCount)] })
    var text = Output.renderer.text(table)
    for result in results where !result.holds {
      text += "\n\(result.check.name): \(result.check.promise)\n"
      for breach in result.breaches {
        text +=
          VisibleText.escaping(
            "  \(breach.subject): \(breach.found); expected \(breach.expected)") + "\n"
      }
      let rest = result.breachCount - Int64(result.breaches.count)
      if rest > 0 { text += "  and \(rest) more\n" }
    }
    return text
  }

  private static func json(_ results: [CheckResult]) -> JSONValue {
    let checks = results.map { result in
      JSONValue.object([
        ("name", .string(result.check.name)), ("promise", .string(result.check.promise)),
        ("severity", .string(result.check.severity.rawValue)), ("holds", .bool(result.holds)),
        ("breaches", .integer(result.breachCount)),
        (
          "first",
          .array(
            result.breaches.map {
              .object([
                ("subject", .string($0.subject)), ("found", .string($0.found)),
                ("expected", .string($0.expected)),
              ])
            })
        ),
      ])
    }
    let holds = results.allSatisfy { $0.holds || $0.check.severity == .warning }
    return .object([("holds", .bool(holds)), ("checks", .array(checks))])
  }
}

extension CheckResult {
  fileprivate var word: String {
    if holds { return "holds" }
    return check.severity == .warning ? "warning" : "broken"
  }
}
