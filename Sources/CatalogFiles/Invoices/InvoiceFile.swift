package import Finance
internal import StrictJSON
internal import Traffic
internal import Units

/// Reads invoices and usage exports in the shapes in which providers publish them.
package enum InvoiceFile {
  /// All lines, in the order of the file; `name` is the file's, for messages.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], issuer: InvoiceIssuer, name: String
  ) throws(FileMistakes) -> [InvoiceLine] {
    guard issuer != .csv else { return try InvoiceCSV.read(bytes, name: name) }
    if issuer == .openrouter, OpenRouterActivityCSV.recognises(bytes) {
      return try OpenRouterActivityCSV.read(bytes, name: name)
    }
    var tape = JSONTape()
    do {
      try tape.parse(bytes)
    } catch {
      throw FileMistakes(
        file: name,
        [
          FileMistake(
            line: nil, what: "the file is no JSON text",
            remedy: "give the answer of the provider's interface as it came")
        ])
    }
    var reader = InvoiceJSON(tape)
    switch issuer {
    case .openai: reader.readOpenAI()
    case .anthropic: reader.readAnthropic()
    case .openrouter: reader.readOpenRouter()
    case .csv: break
    }
    guard reader.mistakes.isEmpty else { throw FileMistakes(file: name, reader.mistakes) }
    return reader.lines
  }
}

/// `day,provider,model,amount_usd,token_type,tier`.
enum InvoiceCSV {
  enum Column: String, CSVColumn {
    case day, provider, model
    case amount = "amount_usd"
    case tokenType = "token_type"
    case tier

    static let file = "an invoice"
  }

  static func read(_ bytes: [UInt8], name: String) throws(FileMistakes) -> [InvoiceLine] {
    let table = CSVTable<Column>(bytes, needed: [.day, .provider, .model, .amount])
    var mistakes = table.mistakes
    var lines: [InvoiceLine] = []
    for row in table.rows {
      let day = row.needed(.day, &mistakes, Cell.day)
      let provider = row.needed(.provider, &mistakes, Cell.name)
      let model = row.optional(.model, &mistakes, Cell.name)
      let amount = row.needed(.amount, &mistakes, Cell.signedAmount)
      guard let day, let provider, let amount else { continue }
      lines.append(
        InvoiceLine(
          day: day, provider: provider, model: model ?? "", amount: amount,
          isCachedInput: row[.tokenType] == "cached_input", isBatch: row[.tier] == "batch"))
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return lines
  }
}
