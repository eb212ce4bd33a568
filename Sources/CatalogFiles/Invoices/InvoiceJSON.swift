internal import Finance
internal import StrictJSON
internal import Traffic
internal import Units

/// Walks the JSON of a provider's cost or usage interface.
struct InvoiceJSON {
  private let tape: JSONTape
  private(set) var lines: [InvoiceLine] = []
  private(set) var mistakes: [FileMistake] = []

  init(_ tape: JSONTape) { self.tape = tape }

  /// OpenAI's costs (`GET /v1/organization/costs`, grouped by line item): buckets of a day from
  /// `start_time`, amounts in USD.
  mutating func readOpenAI() {
    forEachResult { reader, bucket, result in
      guard
        let start = reader.tape.value("start_time", in: bucket).flatMap({
          try? reader.tape.integer($0)
        })
      else { return reader.note("a bucket has no `start_time` in seconds") }
      let item = OpenAILineItem(reader.text("line_item", in: result) ?? "")
      let money = reader.tape.value("amount", in: result)
      guard reader.isUSD(reader.text("currency", in: money)) else { return }
      reader.add(
        day: Timestamp(milliseconds: start &* 1000).day, provider: "openai", model: item.model,
        amount: reader.amount("value", in: money), isCachedInput: item.isCachedInput,
        isBatch: item.isBatch)
    }
  }

  /// Anthropic's cost report (`GET /v1/organizations/cost_report`): buckets from `starting_at`,
  /// amounts as strings in cents.
  mutating func readAnthropic() {
    forEachResult { reader, bucket, result in
      guard let day = reader.day("starting_at", in: bucket) else { return }
      guard reader.isUSD(reader.text("currency", in: result)) else { return }
      reader.add(
        day: day, provider: "anthropic", model: reader.text("model", in: result) ?? "",
        amount: reader.amount("amount", in: result, places: 7),
        isCachedInput: reader.text("token_type", in: result) == "cache_read_input_tokens",
        isBatch: reader.text("service_tier", in: result) == "batch")
    }
  }

  /// OpenRouter's activity (`GET /api/v1/activity`): a row a day and endpoint, `usage` in USD.
  mutating func readOpenRouter() {
    guard let data = data() else { return }
    let tape = tape
    tape.forEachElement(of: data) { row in
      guard let day = day("date", in: row) else { return }
      add(
        day: day, provider: "openrouter", model: text("model", in: row) ?? "",
        amount: amount("usage", in: row))
    }
  }

  private mutating func data() -> JSONTape.Index? {
    guard let data = tape.value("data", in: JSONTape.root), tape.kind(data) == .array else {
      note("there is no array `data`")
      return nil
    }
    if let more = tape.value("has_more", in: JSONTape.root), tape.kind(more) == .true {
      mistakes.append(
        FileMistake(
          line: nil, what: "the answer goes on (`has_more`), so its total is not the whole",
          remedy: "ask for the other pages and put all their `data` into one file"))
    }
    return data
  }

  private mutating func forEachResult(
    _ body: (inout InvoiceJSON, _ bucket: JSONTape.Index, _ result: JSONTape.Index) -> Void
  ) {
    guard let data = data() else { return }
    let tape = tape
    tape.forEachElement(of: data) { bucket in
      guard let results = tape.value("results", in: bucket), tape.kind(results) == .array else {
        return note("a bucket has no array `results`")
      }
      tape.forEachElement(of: results) { body(&self, bucket, $0) }
    }
  }

  private mutating func add(
    day: UTCDay, provider: Name, model: String, amount: Money?, isCachedInput: Bool = false,
    isBatch: Bool = false
  ) {
    guard let amount else { return note("an amount of \(day) is no number") }
    lines.append(
      InvoiceLine(
        day: day, provider: provider, model: Name(model), amount: amount,
        isCachedInput: isCachedInput, isBatch: isBatch))
  }

  private mutating func isUSD(_ currency: String?) -> Bool {
    guard let currency, currency.lowercased() != "usd" else { return true }
    note("an amount is in \(currency), not in USD")
    return false
  }

  private func text(_ key: StaticString, in object: JSONTape.Index?) -> String? {
    guard let value = tape.value(key, in: object), tape.kind(value) == .string else { return nil }
    return tape.text(value)
  }

  /// The day with which a date or an instant of UTC begins.
  private mutating func day(_ key: StaticString, in object: JSONTape.Index) -> UTCDay? {
    guard let text = text(key, in: object), let day = UTCDay(String(text.prefix(10))) else {
      note("`\(key)` is no day such as 2026-01-31")
      return nil
    }
    return day
  }

  /// A number, in quotes or not, of which nano-USD is the place given.
  private func amount(
    _ key: StaticString, in object: JSONTape.Index?, places: Int = 9
  ) -> Money? {
    guard let value = tape.value(key, in: object),
      tape.kind(value) == .number || tape.kind(value) == .string
    else { return nil }
    let bytes = Array(tape.text(value).utf8)
    guard let nano = try? DecimalText.integer(in: bytes.span, places: places),
      let amount = Int64(exactly: nano)
    else { return nil }
    return Money(nanoUSD: amount)
  }

  private mutating func note(_ what: String) {
    mistakes.append(
      FileMistake(
        line: nil, what: what, remedy: "give the answer of the provider's interface as it came"))
  }
}
