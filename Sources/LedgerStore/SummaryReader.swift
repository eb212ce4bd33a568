package import GRDB
package import Pricing
internal import QueryCatalog
internal import Traffic
package import Units

/// Reads the summary measures of cli.md (`queries/reports/summary.sql`).
package enum SummaryReader {
  /// The summary of the requests that started in a period, in total and by groups.
  /// - Throws: ``LedgerError`` if a sum leaves 64 bits or the margin bridge does not hold.
  package static func read(
    _ database: Database, _ period: Period, by fields: [GroupField] = []
  ) throws -> Summary {
    let all = try rows(database, period, by: []).first
    let totals = all?.measures ?? .zero
    try check(totals, "the period")
    var groups: [Summary.Group] = []
    if !fields.isEmpty {
      groups = try merged(
        rows(database, period, by: fields).sorted { Summary.precedes($0.key, $1.key) })
      var sum = Measures.zero
      for group in groups {
        try check(group.measures, "a group")
        sum = try sum.adding(group.measures)
      }
      guard sum == totals else {
        throw LedgerError(
          .data, "the groups do not add up to the total", remedy: "please report this")
      }
    }
    return Summary(
      period: period, totals: totals, sources: all?.sources ?? .none, fields: fields,
      groups: groups)
  }

  /// events.md: the bridge is checked on every report, over all that it shows.
  private static func check(_ measures: Measures, _ what: String) throws {
    guard !measures.footsToTheBridge else { return }
    throw LedgerError(
      .data, "the margin terms of \(what) do not add up to its actual margin",
      remedy: "please report this")
  }

  private static func rows(
    _ database: Database, _ period: Period, by fields: [GroupField]
  ) throws -> [Summary.Group] {
    let days = SummaryDays(period, by: fields)
    let keys = days?.keys ?? fields.map(\.column)
    let group =
      keys.isEmpty
      ? ""
      : """
      GROUP BY \(keys.joined(separator: ", "))
      ORDER BY \(keys.joined(separator: ", "))
      """
    let sql = (days == nil ? QueryCatalog.summary : QueryCatalog.summaryDays)
      .replacingMarker("/*keys*/", with: keys.map { $0 + "," }.joined(separator: " "))
      .replacingMarker("/*group*/", with: group)
    let names = KeyNames(database)
    let cursor = try Row.fetchCursor(
      database, sql: sql,
      arguments: days?.arguments
        ?? ["from": period.from?.milliseconds, "to": period.to?.milliseconds])
    var groups: [Summary.Group] = []
    do {
      while let row = try cursor.next() {
        var counts: [CountMeasure: Int64] = [:]
        for measure in CountMeasure.allCases { counts[measure] = row[measure.rawValue] }
        var amounts: [MoneyMeasure: Money] = [:]
        for measure in MoneyMeasure.allCases {
          amounts[measure] = Money(nanoUSD: row[measure.rawValue])
        }
        let key = try fields.indices.map {
          fields[$0].isText ? row[$0] as String? : try names.text(fields[$0], row[$0] as Int64?)
        }
        let measures = Measures(counts: counts, amounts: amounts)
        let sources = try CostSources(
          of: measures, catalogAttempts: row["catalog_attempts"],
          catalogCost: Money(nanoUSD: row["catalog_cost"]))
        groups.append(Summary.Group(key: key, measures: measures, sources: sources))
      }
    } catch let error as DatabaseError where error.message == "integer overflow" {
      throw LedgerError(
        .data, "a sum of the report is outside 64 bits", remedy: "report a shorter period")
    }
    return groups
  }

  /// The groups with those of one printed key put together: `a/b` and `c` are printed as `a` and `b/c`
  /// are.
  private static func merged(_ sorted: [Summary.Group]) throws -> [Summary.Group] {
    var groups: [Summary.Group] = []
    for group in sorted {
      if let last = groups.last, !Summary.precedes(last.key, group.key) {
        groups[groups.count - 1] = Summary.Group(
          key: last.key, measures: try last.measures.adding(group.measures),
          sources: try last.sources.adding(group.sources))
      } else {
        groups.append(group)
      }
    }
    return groups
  }
}

/// How a summary is read out of the daily sums, where it is of whole days and a cut has its fields.
private struct SummaryDays {
  let cut: SumCut
  let first: Int64
  let last: Int64
  /// What the fields are in `daily_part`.
  let keys: [String]

  init?(_ period: Period, by fields: [GroupField]) {
    func day(_ end: Timestamp?, _ open: Int64) -> Int64? {
      guard let end else { return open }
      return end == end.day.start ? Int64(end.day.daysSince1970) : nil
    }
    guard let first = day(period.from, -1_000_000), let last = day(period.to, 1_000_000) else {
      return nil
    }
    for cut in SumCut.allCases {
      let keys = fields.compactMap { Self.key($0, cut) }
      guard keys.count == fields.count else { continue }
      (self.cut, self.first, self.last, self.keys) = (cut, first, last, keys)
      return
    }
    return nil
  }

  var arguments: StatementArguments { ["cut": cut.rawValue, "first": first, "last": last] }

  /// Nil where the cut does not have the field.
  private static func key(_ field: GroupField, _ cut: SumCut) -> String? {
    switch (field, cut) {
    case (.day, _): "day"
    case (.month, _):
      "12 * strftime('%Y', day * 86400, 'unixepoch') + strftime('%m', day * 86400, 'unixepoch') - 1"
    case (.workflow, .workflow): "nullif(a, 0)"
    case (.trafficClass, .workflow): "nullif(b, -1)"
    case (.tenant, .tenant), (.primary, .model): "a"
    case (.tier, .tenant), (.servedBy, .model): "nullif(b, 0)"
    case (.workflow, _), (.trafficClass, _), (.tenant, _), (.primary, _), (.tier, _),
      (.servedBy, _), (.user, _), (.application, _), (.feature, _), (.assistant, _), (.thread, _),
      (.session, _), (.environment, _), (.status, _):
      nil
    }
  }
}

/// The printed values of the numbers by which requests are grouped.
private final class KeyNames {
  private let database: Database
  private var cache: [GroupField: [Int64: String]] = [:]

  init(_ database: Database) { self.database = database }

  func text(_ field: GroupField, _ number: Int64?) throws -> String? {
    guard let number else { return nil }
    if let known = cache[field]?[number] { return known }
    let text = try lookUp(field, number)
    cache[field, default: [:]][number] = text
    return text
  }

  private func lookUp(_ field: GroupField, _ number: Int64) throws -> String {
    switch field {
    case .day: return UTCDay(daysSince1970: Int(number)).description
    case .month: return UTCMonth(monthsSince0: Int(number)).description
    case .primary, .servedBy:
      return try String.fetchOne(
        database,
        sql: """
          SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
          WHERE m.id = ?
          """, arguments: [number]) ?? ""
    case .tenant, .tier, .user, .application, .feature, .workflow, .assistant, .thread, .session,
      .environment, .trafficClass, .status:
      return try String.fetchOne(
        database, sql: "SELECT name FROM \(field.table) WHERE id = ?", arguments: [number]) ?? ""
    }
  }
}

extension GroupField {
  /// The field of attribution that it is; nil for what is derived.
  private var attribution: AttributionField? { AttributionField(rawValue: rawValue) }

  /// Whether its column has the names themselves.
  fileprivate var isText: Bool { attribution?.unboundedPlace != nil }

  /// The column of `request_figure` that has its numbers, or its names.
  fileprivate var column: String {
    switch self {
    case .tier: "effective_tier_id"
    case .primary: "primary_model_id"
    case .servedBy: "served_model_id"
    case .tenant, .user, .application, .feature, .workflow, .assistant, .thread, .session,
      .environment, .trafficClass, .status, .day, .month:
      attribution.map { "\($0.table)_id" } ?? rawValue
    }
  }

  /// The table of its names, for those that have one.
  fileprivate var table: String {
    attribution?.table ?? (self == .status ? "request_status" : rawValue)
  }
}

extension String {
  /// The text with the one occurrence of a marker replaced.
  fileprivate func replacingMarker(_ marker: String, with text: String) -> String {
    // The marker also stands in the file's own comment, always within backquotes.
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: marker) {
      let isQuoted =
        range.lowerBound > rest.startIndex && rest[rest.index(before: range.lowerBound)] == "`"
      result += rest[..<range.lowerBound] + (isQuoted ? marker : text)
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
