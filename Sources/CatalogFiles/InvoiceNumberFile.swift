package import Finance
internal import Traffic
internal import Units

/// A file that says which invoice bills a month, an issuer a row.
package enum InvoiceNumberFile {
  enum Column: String, CSVColumn {
    case provider
    case invoice = "invoice_id"

    static let file = "a file of invoices"
  }

  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], name: String
  ) throws(FileMistakes) -> InvoiceNumbers {
    let table = CSVTable<Column>(bytes, needed: [.provider, .invoice])
    var mistakes = table.mistakes
    var numbers: [Name: Name] = [:]
    var others: Name?
    for row in table.rows {
      let provider = row.optional(.provider, &mistakes, Cell.name)
      let invoice = row.needed(.invoice, &mistakes, Cell.name)
      guard let invoice else { continue }
      if provider.map({ numbers[$0] != nil }) ?? (others != nil) {
        mistakes.append(
          row.mistake(
            "\(provider?.text ?? "no provider") has an invoice already", "keep one of the two"))
      }
      if let provider { numbers[provider] = invoice } else { others = invoice }
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return InvoiceNumbers(numbers, others: others)
  }
}
