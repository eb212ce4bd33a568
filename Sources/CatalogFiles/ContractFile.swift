package import Pricing
internal import Traffic
internal import Units

/// A file of negotiated prices: what is paid in place of the list price, by provider, model, tenant and
/// period. Told from a price file by its column `multiplier`.
package enum ContractFile {
  enum Column: String, CSVColumn {
    case provider
    case model
    case tenant = "tenant_id"
    case from = "effective_from"
    case to = "effective_to"
    case multiplier
    case input = "input_usd_per_million"
    case cachedInput = "cached_input_usd_per_million"
    case cacheWrite = "cache_write_usd_per_million"
    case output = "output_usd_per_million"
    case perRequest = "per_request_usd"

    static let file = "a file of negotiated prices"
    static let fixed: [Column] = [.input, .cachedInput, .cacheWrite, .output, .perRequest]
  }

  /// Whether a file's header says that it is one.
  package static func recognises(_ bytes: [UInt8]) -> Bool {
    CSVHeader.names(of: bytes).contains(Column.multiplier.rawValue)
  }

  /// Reads all contracts, in the order of the file; `name` is the file's, for messages.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], name: String
  ) throws(FileMistakes) -> [ContractPrice] {
    let table = CSVTable<Column>(bytes, needed: [.provider, .from, .multiplier])
    var mistakes = table.mistakes
    var contracts: [ContractPrice] = []
    var lines: [Key: Int] = [:]
    for row in table.rows {
      let before = mistakes.count
      let provider = row.needed(.provider, &mistakes, Cell.name)
      let model = row.optional(.model, &mistakes, Cell.name)
      let tenant = row.optional(.tenant, &mistakes, Cell.name)
      let from = row.needed(.from, &mistakes, Cell.day)
      let to = row.optional(.to, &mistakes, Cell.day)
      let terms = terms(of: row, &mistakes)
      guard let provider, let from else { continue }
      if let to, to <= from {
        mistakes.append(
          row.mistake(
            "effective_to \(to) is not after effective_from \(from)",
            "give the first day on which it holds no more, or leave it out"))
      }
      let scope = ContractPrice.Scope(provider: provider, model: model, tenant: tenant)
      if let earlier = lines[Key(scope: scope, day: from)] {
        mistakes.append(
          row.mistake(
            "line \(earlier) has a contract for the same calls from \(from) already",
            "keep one of the two"))
      } else {
        lines[Key(scope: scope, day: from)] = row.line
      }
      guard mistakes.count == before, let terms else { continue }
      contracts.append(ContractPrice(scope: scope, from: from, to: to, terms: terms))
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return contracts
  }

  private struct Key: Hashable {
    let scope: ContractPrice.Scope
    let day: UTCDay
  }

  private static func terms(
    of row: CSVTable<Column>.Row, _ mistakes: inout [FileMistake]
  ) -> ContractPrice.Terms? {
    let fixed = Column.fixed.first { row[$0] != nil }
    if row[.multiplier] != nil {
      if let fixed {
        mistakes.append(
          row.mistake("multiplier and \(fixed.rawValue) are both given", "give one of the two"))
      }
      return row.optional(.multiplier, &mistakes) { text throws(UnitError) in
        .multiplier(try Multiplier(text))
      }
    }
    guard fixed != nil else {
      mistakes.append(
        row.mistake("neither a multiplier nor a fixed price is given", "give one of the two"))
      return nil
    }
    let input = row.needed(.input, &mistakes, Cell.pricePerMillion)
    let cached = row.optional(.cachedInput, &mistakes, Cell.pricePerMillion)
    let written = row.optional(.cacheWrite, &mistakes, Cell.pricePerMillion)
    let output = row.needed(.output, &mistakes, Cell.pricePerMillion)
    let perRequest = row.optional(.perRequest, &mistakes, Cell.priceOfOne)
    guard let input, let output else { return nil }
    return .fixed(
      TokenPrices(input: input, cachedInput: cached, cacheWrite: written, output: output),
      perRequest: perRequest ?? .zero)
  }
}

/// The first row of a CSV file, to tell what kind it is.
enum CSVHeader {
  static func names(of bytes: [UInt8]) -> [String] {
    var reader = CSVReader(bytes)
    guard case .success(let header)? = reader.next() else { return [] }
    return header.fields
  }
}
