import ArgumentParser
import Ingest
import LedgerStore
import Reports

struct RejectsRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Try lines of the quarantine again.",
    discussion: """
      With a file: the lines that `rejects export` wrote, mended. Without: every line that was kept
      whole, for a version that has learnt more since. A line that is admitted leaves the quarantine
      and counts as a line of its log; one that is not stays with its new reason. All in one
      transaction; to give the same file again changes nothing.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var wait: WaitOption
  @OptionGroup var format: FormatOptions

  @Flag(help: "Exit with 1 if a line that was tried stays.")
  var strict = false

  @Flag(help: "Print what became of the lines as JSON.")
  var json = false

  @Argument(help: ArgumentHelp("The mended lines, or -.", valueName: "file"))
  var file: String?

  func run() throws {
    if let file { _ = try InputFiles.find([file]) }
    let settings = try format.settings()
    let book = try ledger.open(.change, wait)
    let outcome =
      if let file {
        try QuarantineRetry.retry(book, mended: file, settings)
      } else {
        try QuarantineRetry.retryAll(book, settings)
      }
    let stay = outcome.counts.rejected + outcome.counts.conflicts
    if json {
      try Output.data(JSONWriter.text(Self.json(outcome)))
    } else {
      Output.note(Self.text(outcome))
      if stay > 0 {
        Output.note("see them with: fallback-ledger rejects list --ledger \(ledger.path)")
      }
    }
    if strict, stay > 0 { throw ExitCode(1) }
  }

  private static func text(_ outcome: QuarantineRetry.Outcome) -> String {
    let counts = outcome.counts
    let rest = [
      (counts.duplicates, "were on record"), (counts.rejected, "stay rejected"),
      (counts.conflicts, "stay in conflict"), (outcome.mendedBefore, "were admitted before"),
    ]
    return
      (["\(counts.lines) lines tried", "\(counts.accepted) admitted"]
      + rest.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
      + "; \(outcome.newRequests) new requests"
  }

  private static func json(_ outcome: QuarantineRetry.Outcome) -> JSONValue {
    .object([
      ("lines", .integer(outcome.counts.lines)), ("accepted", .integer(outcome.counts.accepted)),
      ("duplicates", .integer(outcome.counts.duplicates)),
      ("conflicts", .integer(outcome.counts.conflicts)),
      ("rejected", .integer(outcome.counts.rejected)),
      ("mended_before", .integer(outcome.mendedBefore)),
      ("requests", .integer(Int64(outcome.newRequests))),
    ])
  }
}
