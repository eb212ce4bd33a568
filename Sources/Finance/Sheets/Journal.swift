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
    var workflows: [Name: Int128] = [:]
    var providers: [Name: Int128] = [:]
    for row in charges.rows {
      guard let charge = ChargeFact(row.key), charge.category != .purchase else { continue }
      let cost = row.amounts[ChargeFact.Amounts.effectiveIndex]
      workflows[charge.workflow, default: 0] += cost
      providers[charge.provider, default: 0] += cost
    }
    let costs = workflows.sorted { $0.key < $1.key }.map { name, yocto in
      Line(
        kind: name == "" ? .unattributedCost : .costOfRevenue, name: name,
        nano: yocto / Self.yoctoPerNano)
    }
    let payables = providers.sorted { $0.key < $1.key }.map { name, yocto in
      Line(kind: .accruedPayables, name: name, nano: -(yocto / Self.yoctoPerNano))
    }
    let revenue = MonthSheet.sum(.revenue, of: margins)
    lines = [
      costs, payables, [Line(kind: .receivable, name: "", nano: revenue)],
      [Line(kind: .revenue, name: "", nano: -revenue)],
    ].flatMap(Self.rounded).filter { $0.nano != 0 }
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
        .text(externalID(line)), .text(month), .text(accounts.account(line.kind, line.name)),
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
