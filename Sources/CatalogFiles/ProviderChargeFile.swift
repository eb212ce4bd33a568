package import Finance
internal import Traffic
internal import Units

/// A file of what providers' invoices state beside calls, a charge a row.
package enum ProviderChargeFile {
  enum Column: String, CSVColumn {
    case reference, day, provider, kind
    case amount = "amount_usd"
    case tenant = "tenant_id"
    case description

    static let file = "a file of charges"
  }

  /// Reads all charges, in the order of the file; `name` is the file's, for messages.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], name: String
  ) throws(FileMistakes) -> [ProviderCharge] {
    let table = CSVTable<Column>(bytes, needed: [.reference, .day, .provider, .kind, .amount])
    var mistakes = table.mistakes
    var charges: [ProviderCharge] = []
    var lines: [Name: Int] = [:]
    for row in table.rows {
      let reference = row.needed(.reference, &mistakes, Cell.name)
      let day = row.needed(.day, &mistakes, Cell.day)
      let provider = row.needed(.provider, &mistakes, Cell.name)
      let kind = row.needed(.kind, &mistakes, Self.kind)
      let amount = row.needed(.amount, &mistakes, Cell.signedAmount)
      let tenant = row.optional(.tenant, &mistakes, Cell.name)
      let description = row.optional(.description, &mistakes, Cell.name)
      guard let reference, let day, let provider, let kind, let amount else { continue }
      if kind == .credit, amount > .zero {
        mistakes.append(
          row.mistake("a credit of more than 0", "write what the provider gives back as -12.50"))
      }
      if kind == .purchase, amount < .zero {
        mistakes.append(row.mistake("a purchase below 0", "write a refund as a credit"))
      }
      if let earlier = lines[reference] {
        mistakes.append(
          row.mistake(
            "\(reference) stands on line \(earlier) already", "keep one of the two"))
      }
      lines[reference] = row.line
      charges.append(
        ProviderCharge(
          reference: reference, day: day, provider: provider, kind: kind, amount: amount,
          tenant: tenant, description: description))
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return charges
  }

  private static func kind(_ text: String) throws(UnitError) -> ProviderCharge.Kind {
    guard let kind = ProviderCharge.Kind(rawValue: text) else {
      throw UnitError(
        what: "`\(text)` is no kind of charge", remedy: "write credit, purchase or tax")
    }
    return kind
  }
}
