import Glibc
import Units

/// The page that lists the nights of a folder, made from what stands in it.
package enum NightsPage {
  /// A night by the `summary.csv` in its folder.
  struct Night: Sendable {
    let day: UTCDay
    /// By the names of cli.md; empty where the file does not tell.
    let figures: [String: String]

    /// Of a line of names and a line of values, neither of which is quoted.
    init(day: UTCDay, csv: String) {
      self.day = day
      let lines = csv.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      figures =
        lines.count == 2 && lines[0].count == lines[1].count
        ? Dictionary(zip(lines[0], lines[1])) { first, _ in first } : [:]
    }

    func count(_ name: String) -> Int64? { figures[name].flatMap { Int64($0) } }

    func money(_ name: String) -> Money? {
      guard let text = figures[name] else { return nil }
      // What is no amount is shown as none.
      do { return try Money(decimalUSD: Array(text.utf8).span) } catch { return nil }
    }
  }

  /// Writes `parent`/index.html from the nights that stand in it.
  /// - Throws: ``WriteError``
  package static func write(in parent: String) throws(WriteError) {
    let parent = parent.isEmpty ? "." : parent
    var nights: [Night] = []
    for name in FolderWriter.entries(of: parent) {
      guard let day = UTCDay(name), day.description == name else { continue }
      let file = "\(parent)/\(name)/summary.csv"
      nights.append(Night(day: day, csv: text(of: file)))
    }
    nights.sort { $0.day > $1.day }
    try FileWriter.replace(
      "\(parent)/index.html", with: page(of: nights), forReaders: true)
  }

  /// Nothing where it cannot be read.
  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  static func page(of nights: [Night]) -> String {
    let shown = nights.prefix(400)
    let chart = DailyChart(
      title: "Cost and downgrades, night by night", amountLabel: "Cost",
      shareLabel: "Downgraded requests", points: points(nights))
    return HTMLPage(
      title: "Fallback Ledger: nights",
      body: """
        <header>
        <h1>Fallback Ledger</h1>
        <p class="period">The nights in this folder, the latest first. All times are UTC, all amounts \
        US dollars.</p>
        </header>
        <main>
        <section aria-labelledby="nights">
        <h2 id="nights">Nights</h2>
        \(nights.count > 1 ? chart.figure(id: "trend", standsAlone: true) : "")\
        \(table(Array(shown)))</section>
        </main>

        """
    ).text
  }

  /// Of the last 31 days, none left out.
  private static func points(_ nights: [Night]) -> [DailyChart.Point] {
    guard let last = nights.first?.day, let first = nights.last?.day else { return [] }
    let span = min(last.daysSince1970 - first.daysSince1970, 30)
    return (0...max(span, 0)).map { place in
      let day = last.advanced(by: place - span)
      let night = nights.first { $0.day == day }
      let share = night.flatMap { night in
        night.count("requests").flatMap { requests in
          night.count("downgraded").map { ReportTable.Cell.share($0, of: requests) }
        }
      }
      return .init(
        day: day, amount: night?.money("cost_usd") ?? .zero, share: share?.basisPoints ?? nil)
    }
  }

  private static func table(_ nights: [Night]) -> HTML {
    let columns: [ReportTable.Column] = [
      .init("requests", "Requests", .count), .init("served", "Served", .share),
      .init("downgraded", "Downgraded", .share, drawsBar: true),
      .init("cost_usd", "Cost", .money, drawsBar: true), .init("wasted_usd", "Wasted", .money),
      .init("margin_usd", "Margin", .money), .init("impact_usd", "Margin impact", .money),
    ]
    let rows = nights.map { night -> ReportTable.Row in
      func share(_ part: String) -> ReportTable.Cell {
        guard let part = night.count(part), let whole = night.count("requests") else {
          return .none
        }
        return .share(part, of: whole)
      }
      return [
        .day(night.day), night.count("requests").map { .count($0) } ?? .none, share("served"),
        share("downgraded"), .optional(money: night.money("cost_usd")),
        .optional(money: night.money("wasted_usd")),
        .optional(money: night.money("actual_margin_usd")),
        .optional(money: night.money("margin_impact_usd")),
      ]
    }
    let table = ReportTable(
      title: "Nights, the latest first", columns: [.init("day", "Day", .day)] + columns, rows: rows)
    return table.html { cell in
      guard case .day(let day) = cell else { return nil }
      return
        "<a href=\"\(day.description)/index.html\">\(day.description)</a> \(day.weekday.prefix(3).description)"
    }
  }
}
