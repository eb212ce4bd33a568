package import GRDB
package import QueryCatalog
package import Units

/// A connection inside one access to a ledger, for modules that do not know the library behind it.
package typealias LedgerDatabase = Database

/// A row of a named report's question, by the names of its columns.
package struct QueryRow {
  private let row: Row

  fileprivate init(_ row: Row) { self.row = row }

  package func count(_ column: String) -> Int64 { row[column] }
  package func optionalCount(_ column: String) -> Int64? { row[column] }
  package func money(_ column: String) -> Money { Money(nanoUSD: row[column]) }
  package func optionalMoney(_ column: String) -> Money? {
    (row[column] as Int64?).map(Money.init(nanoUSD:))
  }
  package func text(_ column: String) -> String { row[column] ?? "" }
  /// Nil where requests name none.
  package func name(_ column: String) -> String? { row[column] }
  package func day(_ column: String) -> UTCDay { UTCDay(daysSince1970: row[column]) }
}

/// Reads the questions behind the named reports (`queries/reports/`).
package enum QueryReader {
  /// All rows over whole UTC days, in the question's own order.
  /// - Throws: ``LedgerError`` if a sum leaves 64 bits.
  package static func rows<R>(
    _ database: Database, _ query: QueryCatalog.Report, _ days: DaySpan,
    _ more: [String: Int64?] = [:], _ make: (QueryRow) -> R
  ) throws -> [R] {
    let statement = try database.makeStatement(sql: query.sql)
    var values: [String: (any DatabaseValueConvertible)?] = [
      "from": days.first?.description, "to": days.end?.description,
    ]
    for (name, value) in more { values[name] = value }
    statement.setUncheckedArguments(StatementArguments(values))
    do {
      let cursor = try Row.fetchCursor(statement)
      var rows: [R] = []
      while let row = try cursor.next() { rows.append(make(QueryRow(row))) }
      return rows
    } catch let error as DatabaseError where error.message == "integer overflow" {
      throw LedgerError(
        .data, "a sum of the report is outside 64 bits", remedy: "report a shorter period")
    }
  }
}

/// Whole UTC days; an end left out is open.
package struct DaySpan: Hashable, Sendable {
  package let first: UTCDay?
  /// Not included.
  package let end: UTCDay?

  package init(first: UTCDay?, end: UTCDay?) {
    self.first = first
    self.end = end
  }

  package init(_ day: UTCDay) { self.init(first: day, end: day.advanced(by: 1)) }

  /// Nil for a period that begins or ends within a day.
  package init?(_ period: Period) {
    for end in [period.from, period.to] {
      if let end, end != end.day.start { return nil }
    }
    self.init(first: period.from?.day, end: period.to?.day)
  }

  package var period: Period { Period(from: first?.start, to: end?.start) }

  /// The number of days; nil where an end is open.
  package var length: Int? {
    guard let first, let end else { return nil }
    return end.daysSince1970 - first.daysSince1970
  }
}
