import ArgumentParser
import Finance
import Foundation
import LedgerStore
import Reports
import Units

struct CloseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Freeze a month for finance, or see what it lacks.",
    discussion: """
      Keeps the month's exports byte for byte and prints their manifest. What comes for the month
      afterwards, or is priced otherwise, stands as corrections in the first open month's exports.
      Months are closed one after the other.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var wait: WaitOption

  @Argument(help: ArgumentHelp("The UTC month.", valueName: "month"), transform: Calendar.month)
  var month: UTCMonth

  @Flag(help: "Only say what is unpriced, ungraded, unplanned, unattributed or quarantined.")
  var check = false

  @Flag(help: "Undo the close of the month, which must be the last closed one.")
  var reopen = false

  @Option(help: ArgumentHelp("Why the month is reopened; it is kept.", valueName: "reason"))
  var why: String?

  @Option(
    help: ArgumentHelp(
      "A CSV file that maps journal lines to accounts: line, name, account.", valueName: "file"))
  var accounts: String?

  @Option(help: ExportCommand.invoicesHelp)
  var invoices: String?

  func validate() throws {
    let reason = why?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    guard !reopen || !reason.isEmpty else {
      throw ValidationError("--reopen needs a reason; add --why REASON")
    }
    guard reopen || why == nil else { throw ValidationError("--why is for --reopen") }
    guard !(reopen && check) else { throw ValidationError("give --check or --reopen, not both") }
  }

  func run() throws {
    if check { return try runCheck() }
    let book = try ledger.open(.change, wait)
    if reopen {
      try book.reopen(month, why: why ?? "", at: .now)
      Output.note("\(month) is open again; its close is kept with the reason")
      return
    }
    let handover = try ExportCommand.handover(accounts: accounts, invoices: invoices)
    let manifest = try book.freeze(month, handover ?? Handover(), at: .now)
    if month.next.firstDay.start > .now {
      Output.note("warning: \(month) is not over yet in UTC; what comes still will correct it")
    }
    try Output.data(manifest)
    Output.note("\(month) is closed; hand it over with `export focus` and `export csv`")
  }

  private func runCheck() throws {
    let result = try ledger.open(.read).read { try CloseCheck.read($0, month) }
    for finding in result.findings {
      let count = String(finding.count)
      let pad = String(repeating: " ", count: max(0, 8 - count.count))
      let name = finding.name.padding(toLength: 13, withPad: " ", startingAt: 0)
      try Output.data("\(name)\(pad)\(count)  \(finding.meaning)\n")
    }
    guard result.isClean else { throw ExitCode(1) }
  }
}

extension Timestamp {
  /// By the machine's clock.
  static var now: Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}
