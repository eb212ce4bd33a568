internal import Finance
internal import Traffic
internal import Units

/// The table that OpenRouter's activity page exports: a row a call, `cost_total` in USD, instants of UTC.
/// Its other columns are passed over.
enum OpenRouterActivityCSV {
  private static let needed = ["created_at", "cost_total", "model_permaslug"]

  static func recognises(_ bytes: [UInt8]) -> Bool {
    let names = CSVHeader.names(of: bytes)
    return needed.allSatisfy(names.contains)
  }

  static func read(_ bytes: [UInt8], name: String) throws(FileMistakes) -> [InvoiceLine] {
    let places = needed.map { CSVHeader.names(of: bytes).firstIndex(of: $0) ?? 0 }
    var reader = CSVReader(bytes)
    var mistakes: [FileMistake] = []
    var lines: [InvoiceLine] = []
    _ = reader.next()
    while let result = reader.next() {
      switch result {
      case .success(let record):
        let cells = places.map { record.fields[$0] }
        guard let day = UTCDay(String(cells[0].prefix(10))) else {
          mistakes.append(
            FileMistake(
              line: record.line, what: "created_at: `\(cells[0])` is no instant",
              remedy: "give the export as it came"))
          continue
        }
        do throws(UnitError) {
          lines.append(
            InvoiceLine(
              day: day, provider: "openrouter", model: Name(cells[2]),
              amount: try Cell.signedAmount(cells[1])))
        } catch {
          mistakes.append(
            FileMistake(
              line: record.line, what: "cost_total: \(error.what)", remedy: error.remedy))
        }
      case .failure(let mistake): mistakes.append(mistake)
      }
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return lines
  }
}
