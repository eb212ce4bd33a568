import ArgumentParser
import LedgerStore
import Reports
import Units
import Pricing

struct NightlyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Write a day's reports as a folder: a page, Markdown, JSON and CSV.",
    discussion: """
      The folder DIR/DAY is put in place at once or not at all, and holds the same bytes whenever it is
      made from the same ledger. DIR/index.html lists the nights that are there. examples/ has a cron
      line and a systemd timer.
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    help: ArgumentHelp("The UTC day; left out: yesterday.", valueName: "day"),
    transform: Calendar.day)
  var date: UTCDay?

  @Option(help: ArgumentHelp("Where the day's folder is put.", valueName: "dir"))
  var out = "reports"

  @Flag(help: "Also print a few lines fit for a chat message.")
  var notify = false

  func run() throws {
    let day = date ?? UTCDay.today.advanced(by: -1)
    let report = try NightlyReport(try NightlyFigures.read(try ledger.open(.read), day))
    try FolderWriter.replace(day.description, in: out, with: report.files)
    try NightsPage.write(in: out)
    let folder = out.hasSuffix("/") ? out : out + "/"
    Output.note(
      "\(VisibleText.escaping(folder))\(day): \(report.files.count) files, open index.html")
    if notify {
      try Output.data(report.notification(link: "\(folder)\(day)/index.html"))
    }
    if report.figures.total.totals[.requests] == 0 {
      Output.note("there is no request on \(day); `status` tells which days the ledger has")
    }
  }
}
