internal import Finance
internal import GRDB
internal import Units

/// Makes the manifest of every close again from the files and figures that the ledger keeps of it, and
/// compares it with the one that was handed over. Undone closes are held to theirs too.
enum ClosedMonthCheck {
  static let check = LedgerCheck(
    "closed_months", "the files and figures of every close are those that its manifest names")

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    for closing in try ClosingTable.everMade(database) {
      let files = try MonthFiles.Kind.allCases.map { kind in
        let kept = try ClosingTable.keptParts(database, closing, kind)
        for (index, part) in kept.enumerated() where !part.isIntact {
          breaches.add(
            "part \(index + 1) of the \(kind.rawValue) file of \(closing.month)",
            found: "other bytes", expected: "the SHA-256 \(part.part.sha256)")
        }
        return (kind: kind, parts: kept.map(\.part))
      }
      let charges = try facts(database, .charges, of: closing)
      let margins = try facts(database, .margins, of: closing)
      if MonthFiles.manifest(files, charges: charges, margins: margins) != closing.manifest {
        breaches.add(
          "the close of \(closing.month)", found: "files or figures of another manifest",
          expected: "those of the manifest that was handed over")
      }
    }
  }

  private static func facts(
    _ database: Database, _ kind: FactKind, of closing: Closing
  ) throws -> MonthFacts {
    var months = try ClosingTable.facts(database, kind, of: closing)
    let own = months.removeValue(forKey: closing.month) ?? Facts()
    return MonthFacts(month: closing.month, own: own, corrections: months)
  }
}
