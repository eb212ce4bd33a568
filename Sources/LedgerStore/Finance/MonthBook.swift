package import Finance
package import GRDB
package import Pricing
internal import Traffic
package import Units

/// What the ledger hands over of a month: as it was closed, or as it stands with what corrects the
/// closed months before it.
package enum MonthBook {
  /// A month's files: the kept bytes of a closed one, else made from the ledger.
  package static func parts(
    _ database: Database, _ month: UTCMonth, _ kind: MonthFiles.Kind,
    _ handover: Handover? = nil
  ) throws -> [MonthFiles.Part] {
    if let closing = try ClosingTable.all(database).first(where: { $0.month == month }) {
      guard handover == nil else {
        throw LedgerError(
          .data, "\(month) is closed, and its files name the accounts and invoices of the close",
          remedy: "leave --accounts and --invoices out, or reopen the month")
      }
      return try ClosingTable.parts(database, closing, kind)
    }
    let (files, handover) = (try files(database, month), handover ?? Handover())
    if kind == .focus { try check(handover, of: files) }
    return files.parts(kind, handover)
  }

  /// - Throws: ``LedgerError`` if some rows would have an invoice and others none.
  static func check(_ handover: Handover, of files: MonthFiles) throws {
    let missing = files.issuersWithoutInvoice(handover)
    guard !missing.isEmpty else { return }
    throw LedgerError(
      .data,
      "the invoices name none of \(missing.map(\.text).joined(separator: ", ")), who bill in "
        + "\(files.month) as well",
      remedy: "add their rows, or one with an empty provider for all others")
  }

  /// The files of a month that is not closed.
  static func files(_ database: Database, _ month: UTCMonth) throws -> MonthFiles {
    let closings = try ClosingTable.all(database)
    guard let first = closings.first?.month, let last = closings.last?.month else {
      return try openFiles(database, month, from: month, closed: (.init(), .init()))
    }
    guard month > last else {
      // What came for it since is a correction in the first open month.
      return MonthFiles(
        charges: MonthFacts(month: month, own: Facts()),
        margins: MonthFacts(month: month, own: Facts()))
    }
    guard month == last.next else {
      return try openFiles(database, month, from: month, closed: (.init(), .init()))
    }
    let closed = (
      try ClosingTable.facts(database, .charges), try ClosingTable.facts(database, .margins)
    )
    return try openFiles(database, month, from: beginning, firstClosed: first, closed: closed)
  }

  private static let beginning = UTCMonth(monthsSince0: 12 * 2000)

  private typealias Closed = (charges: [UTCMonth: Facts], margins: [UTCMonth: Facts])

  private static func openFiles(
    _ database: Database, _ month: UTCMonth, from: UTCMonth, firstClosed: UTCMonth? = nil,
    closed: Closed
  ) throws -> MonthFiles {
    let days = (from: from.firstDay, to: month.next.firstDay)
    var current = try ChargeReader.read(database, from: days.from, to: days.to)
    if let firstClosed {
      for (month, facts) in current.months where month < firstClosed {
        current.months[month] = facts.withoutPayments
      }
    }
    let margins = try MarginFacts.read(database, from: days.from, to: days.to)
    return MonthFiles(
      charges: facts(month, current.months, closed.charges),
      margins: facts(month, margins, closed.margins), closedCharges: closed.charges,
      reasons: current.reasons)
  }

  /// A month's own figures, and what those of earlier months now are beyond what was closed of them.
  private static func facts(
    _ month: UTCMonth, _ current: [UTCMonth: Facts], _ closed: [UTCMonth: Facts]
  ) -> MonthFacts {
    var corrections = current.filter { $0.key < month }
    for (closedMonth, facts) in closed {
      corrections[closedMonth, default: Facts()].subtract(facts)
    }
    return MonthFacts(month: month, own: current[month] ?? Facts(), corrections: corrections)
  }

  /// A closed month in both views.
  package struct Views: Hashable, Sendable {
    package let month: UTCMonth
    /// As the close said.
    package let closed: Measures
    /// As the ledger says now.
    package let restated: Measures
  }

  /// The closed months that lie wholly or in part in a period, by rising month.
  package static func views(_ database: Database, _ period: Period) throws -> [Views] {
    try ClosingTable.all(database).filter { closing in
      (period.from.map { $0 < closing.month.next.firstDay.start } ?? true)
        && (period.to.map { $0 > closing.month.firstDay.start } ?? true)
    }.map { closing in
      let own = try ClosingTable.facts(database, .margins, of: closing)[closing.month] ?? Facts()
      return Views(
        month: closing.month, closed: MarginFacts.totals(own),
        restated: try SummaryReader.read(database, Period(closing.month)).totals)
    }
  }

  /// Closes that hold, by rising month.
  package static func closings(_ database: Database) throws -> [Closing] {
    try ClosingTable.all(database)
  }
}

extension Facts {
  /// Without what tenants paid in advance.
  fileprivate var withoutPayments: Facts {
    var rest = Facts()
    for (key, amounts) in rows where ChargeFact(key)?.basis != .paid {
      rest.add(amounts, to: key)
    }
    return rest
  }
}
