package import Pricing
internal import Traffic
internal import Units

/// A file of payments in advance, one a row. Told from a tenants file by its column `top_up_usd`.
package enum TopUpFile {
  enum Column: String, CSVColumn {
    case tenant = "tenant_id"
    case day
    case amount = "top_up_usd"
    case reference

    static let file = "a file of payments in advance"
  }

  /// Whether a file's header says that it is one.
  package static func recognises(_ bytes: [UInt8]) -> Bool {
    CSVHeader.names(of: bytes).contains(Column.amount.rawValue)
  }

  /// Reads all payments, in the order of the file; `name` is the file's, for messages.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(_ bytes: [UInt8], name: String) throws(FileMistakes) -> [TopUp] {
    let table = CSVTable<Column>(bytes, needed: [.tenant, .day, .amount])
    var mistakes = table.mistakes
    var payments: [TopUp] = []
    var lines: [Key: Int] = [:]
    for row in table.rows {
      let tenant = row.needed(.tenant, &mistakes, Cell.name)
      let day = row.needed(.day, &mistakes, Cell.day)
      let amount = row.needed(.amount, &mistakes, Cell.amount)
      let reference = row.optional(.reference, &mistakes, Cell.name)
      guard let tenant, let day, let amount else { continue }
      let key = Key(tenant: tenant, day: day, reference: reference)
      if let earlier = lines[key] {
        mistakes.append(
          row.mistake(
            "\(tenant) has a payment of \(day) on line \(earlier) already",
            "give each a `reference` of its own, or keep one of the two"))
      } else {
        lines[key] = row.line
      }
      payments.append(TopUp(tenant: tenant, day: day, amount: amount, reference: reference))
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return payments
  }

  private struct Key: Hashable {
    let tenant: Name
    let day: UTCDay
    let reference: Name?
  }
}
