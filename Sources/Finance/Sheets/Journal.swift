internal import Pricing
internal import Traffic
internal import Units

/// A month as journal lines that balance, in cents and exactly: cost of revenue by workflow against
/// accrued payables by provider, and receivables against revenue.
package struct Journal: Sendable {
  /// Above 0 a debit, below it a credit.
  private struct Line {
    let kind: Accounts.Kind
    let name: Name
    let nano: Int128
    var cents: Int128 = 0
  }

  private let lines: [Line]
  private let month: String

  /// - Parameters:
  ///   - charges: of the month, for what was used.
  ///   - margins: of the month, for its revenue.
  package init(charges: MonthFacts, margins: MonthFacts) {
    month = charges.month.description
    var debits: [Accounts.Scope: Int128] = [:]
    var credits: [Accounts.Scope: Int128] = [:]
    for row in charges.rows {
      guard let charge = ChargeFact(row.key), let debit = Self.debit(charge) else { continue }
      // A payment in advance is an asset until it is used.
      let amounts = ChargeFact.Amounts(row.amounts)
      let amount = charge.category == .purchase ? amounts.billed : amounts.effective
      debits[debit, default: 0] += amount
      let credit = Accounts.Scope(
        kind: charge.prepaid == .atProvider ? .prepaidUsage : .accruedPayables,
        name: charge.provider)
      credits[credit, default: 0] -= amount
    }
    let revenue = MonthSheet.sum(.revenue, of: margins)
    lines = [
      Self.ordered(debits), Self.ordered(credits),
      [Line(kind: .receivable, name: "", nano: revenue)],
      [Line(kind: .revenue, name: "", nano: -revenue)],
    ].flatMap(Self.rounded).filter { $0.nano != 0 }
  }

  /// Where a charge is booked; nil for what a tenant pays in advance, which is no cost of the gateway's.
  private static func debit(_ charge: ChargeFact) -> Accounts.Scope? {
    switch charge.category {
    case .usage, .adjustment:
      charge.workflow == ""
        ? Accounts.Scope(kind: .unattributedCost)
        : Accounts.Scope(kind: .costOfRevenue, name: charge.workflow)
    case .credit: Accounts.Scope(kind: .providerCredits, name: charge.provider)
    case .tax: Accounts.Scope(kind: .taxes, name: charge.provider)
    case .purchase:
      charge.basis == .paid
        ? nil : Accounts.Scope(kind: .providerPrepayments, name: charge.provider)
    }
  }

  /// By kind, then by the name's bytes.
  private static func ordered(_ amounts: [Accounts.Scope: Int128]) -> [Line] {
    Accounts.Kind.allCases.flatMap { kind in
      amounts.filter { $0.key.kind == kind }.map {
        Line(kind: kind, name: $0.key.name ?? "", nano: $0.value / yoctoPerNano)
      }.sorted { $0.name < $1.name }
    }
  }

  private static let yoctoPerNano: Int128 = 1_000_000_000_000_000

  /// Lines of one side in cents. Those of the other side add up to the same with the other sign, as
  /// both are shares of one sum.
  private static func rounded(_ lines: [Line]) -> [Line] {
    zip(lines, CentShares.of(lines.map(\.nano), unit: MonthSheet.nanoPerCent)).map { line, cents in
      var line = line
      line.cents = cents
      return line
    }
  }

  /// The journal, and how many lines it has beside the header.
  package func csv(_ accounts: Accounts) -> (text: String, rows: Int) {
    var text =
      SheetCSV.byteOrderMark
      + SheetCSV.line(fields: [
        "External id", "Month", "Account", "Line", "Name", "Debit (USD)", "Credit (USD)",
        "Debit, exact (USD)", "Credit, exact (USD)",
      ])
    for line in lines {
      let isDebit = line.nano > 0
      let cents = MonthSheet.cents(isDebit ? line.cents : -line.cents)
      let exact = MonthSheet.exact(isDebit ? line.nano : -line.nano)
      text += SheetCSV.line([
        .text(externalID(line)), .plain(month), .text(accounts.account(line.kind, line.name)),
        .text(line.kind.rawValue.replacing("_", with: " ")), .text(line.name.text),
        isDebit ? .number(cents) : .none, isDebit ? .none : .number(cents),
        isDebit ? .number(exact) : .none, isDebit ? .none : .number(exact),
      ])
    }
    return (text, lines.count)
  }

  /// The same for the same line of the same month, however often it is exported.
  private func externalID(_ line: Line) -> String {
    "fallback-ledger:\(month):\(line.kind.rawValue)" + (line.name == "" ? "" : ":\(line.name)")
  }
}
