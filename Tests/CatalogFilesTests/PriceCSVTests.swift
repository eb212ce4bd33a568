import CatalogFiles
import Pricing
import Testing
import Traffic
import Units

struct PriceCSVTests {
  @Test("every column is read, exactly")
  func columns() throws {
    let file = try PriceFile.read(fixture("prices.csv"), name: "prices.csv", effectiveFrom: nil)
    #expect(file.format == .csv)
    #expect(file.skipped.isEmpty)
    #expect(
      file.rows.map { "\($0.model) \($0.effectiveFrom.map(String.init) ?? "-")" } == [
        "openai/gpt-5 2026-01-01", "openai/gpt-5 2026-07-01", "anthropic/claude-haiku-4 2026-01-01",
        "google/gemini-3-pro 2026-01-01", "house, inc./llama \"70b\" 2026-01-01",
      ])
    #expect(file.rows.map(\.place) == [2, 3, 4, 5, 7].map { .line($0) })
    let prices = file.rows.map(\.price)
    #expect(
      prices[0]
        == ModelPrice(
          base: TokenPrices(
            input: try perMillion("1.25"), cachedInput: try perMillion("0.125"),
            output: try perMillion("10"))))
    #expect(prices[2].base.cacheWrite == (try perMillion("1.25")))
    #expect(
      prices[3].bands == [
        .init(
          aboveInputTokens: 200_000,
          prices: TokenPrices(
            input: try perMillion("4"), cachedInput: try perMillion("0.4"),
            output: try perMillion("18")))
      ])
    #expect(prices[4].perRequest == (try UnitPrice("0.0005", per: .one)))
  }

  @Test("a band takes input and output from the base, and no cache price")
  func bandDefaults() throws {
    let price = try price(
      "input_usd_per_million,cached_input_usd_per_million,output_usd_per_million,"
        + "threshold_input_tokens,above_cache_write_usd_per_million", "2,1,3,1000,9")
    #expect(
      price.bands == [
        .init(
          aboveInputTokens: 1000,
          prices: TokenPrices(
            input: try perMillion("2"), cacheWrite: try perMillion("9"),
            output: try perMillion("3")))
      ])
  }

  @Test("columns come in any order, and those not needed may be left out")
  func anyOrder() throws {
    let price = try price("output_usd_per_million,input_usd_per_million", "3,2")
    #expect(
      price
        == ModelPrice(base: TokenPrices(input: try perMillion("2"), output: try perMillion("3"))))
  }

  @Test(
    "the day of the file wins over the given one",
    arguments: [("2026-05-01", "2026-05-01"), ("", "2026-04-01")])
  func givenDay(cell: String, day: String) throws {
    let text = "\(Self.header)\na,b,\(cell),1,2\n"
    let file = try PriceFile.read(
      Array(text.utf8), name: "p.csv", effectiveFrom: UTCDay("2026-04-01"))
    #expect(file.rows.map(\.effectiveFrom) == [UTCDay(day)])
  }

  @Test("with a given day the column for it may be left out")
  func noDayColumn() throws {
    let text = "provider,model,input_usd_per_million,output_usd_per_million\na,b,1,2\n"
    let file = try PriceFile.read(
      Array(text.utf8), name: "p.csv", effectiveFrom: UTCDay("2026-04-01"))
    #expect(file.rows.map(\.effectiveFrom) == [UTCDay("2026-04-01")])
  }

  static let header =
    "provider,model,effective_from,input_usd_per_million,output_usd_per_million"
  static let long = header + ",threshold_input_tokens,above_output_usd_per_million"

  @Test(
    "35: a file with a mistake is refused, and the mistake told by line",
    arguments: [
      ("", "p.csv: the file is empty; start it with the header \(allColumns)"),
      ("\(header)\na,b,2026-01-01,1\n", rowWidth(2, 4)),
      ("\"\(header)\n", "p.csv:1: a quote opens here and is not closed; \(closeIt)"),
      ("\(header),model\na,b,2026-01-01,1,2,c\n", "p.csv:1: \(twice("model"))"),
      (
        "\(header),per_requst_usd\n",
        "p.csv:1: \(noColumn("per_requst_usd")); write `per_request_usd`"
      ),
      ("\(header),Cache_Write_USD_per_million\n", "p.csv:1: \(cacheWriteColumn)"),
      ("\(header),kwargs\n", "p.csv:1: \(noColumn("kwargs")); the columns are \(allColumns)"),
      (
        "provider,model\n",
        missing(["effective_from", "input_usd_per_million", "output_usd_per_million"])
      ),
      ("\(header)\n,b,2026-01-01,1,2\n", "p.csv:2: provider is empty; fill it in"),
      ("\(header)\na,,2026-01-01,1,2\n", "p.csv:2: model is empty; fill it in"),
      ("\(header)\na,b,,1,2\n", "p.csv:2: \(noDay)"),
      ("\(header)\na,b,2026-01-01,,2\n", "p.csv:2: input_usd_per_million is empty; fill it in"),
      ("\(header)\na,b,2026-02-29,1,2\n", "p.csv:2: \(badDay("2026-02-29"))"),
      ("\(header)\na,b,01.02.2026,1,2\n", "p.csv:2: \(badDay("01.02.2026"))"),
      ("\(header)\na,b,2026-01-01,-0.5,2\n", "p.csv:2: \(negative("input"))"),
      ("\(header)\na,b,2026-01-01,1,1000000.01\n", "p.csv:2: \(tooHigh("1000000.01"))"),
      ("\(header)\na,b,2026-01-01,1,1e40\n", "p.csv:2: \(tooHigh("1e40"))"),
      ("\(header)\na,b,2026-01-01,$1,2\n", "p.csv:2: \(noNumber("$1"))"),
      ("\(header)\na,b,2026-01-01, 1,2\n", "p.csv:2: \(noNumber(" 1"))"),
      ("\(header)\na\tb,c,2026-01-01,1,2\n", "p.csv:2: \(control)"),
      ("\(header)\n\(long512)x,b,2026-01-01,1,2\n", "p.csv:2: \(tooLong)"),
      ("\(long)\na,b,2026-01-01,1,2,1e5,3\n", "p.csv:2: \(noTokens("1e5"))"),
      ("\(long)\na,b,2026-01-01,1,2,-1,3\n", "p.csv:2: \(noTokens("-1"))"),
      ("\(long)\na,b,2026-01-01,1,2,100,\n", "p.csv:2: \(noAbove)"),
      ("\(long)\na,b,2026-01-01,1,2,,3\n", "p.csv:2: \(noThreshold)"),
      ("\(header)\na,b,2026-01-01,1,2\n\na,b,2026-01-01,1,2\n", "p.csv:4: \(again)"),
    ])
  func refused(text: String, message: String) {
    #expect(
      refusal { _ = try PriceFile.read(Array(text.utf8), name: "p.csv", effectiveFrom: nil) }
        == message)
  }

  @Test("a second row for the day given to rows without one is refused as well")
  func sameDay() {
    let text = "\(Self.header)\na,b,,1,2\na,b,2026-04-01,1,2\n"
    #expect(
      refusal {
        _ = try PriceFile.read(
          Array(text.utf8), name: "p.csv", effectiveFrom: UTCDay("2026-04-01"))
      } == "p.csv:3: a/b has a price from 2026-04-01 on line 2 already; keep one of the two")
  }

  @Test("models are told apart by bytes, not by how they look")
  func bytes() throws {
    let text = "\(Self.header)\na,caf\u{E9},2026-01-01,1,2\na,cafe\u{301},2026-01-01,1,2\n"
    #expect(
      try PriceFile.read(Array(text.utf8), name: "p.csv", effectiveFrom: nil).rows.count == 2)
  }

  @Test("all mistakes are told at once, by line")
  func allAtOnce() {
    let text = """
      \(Self.header),colour
      a,b,2026-01-01,x,-1,red
      a,b,2026-01-01,1,2,red
      a,b
      "a"b,c
      ,b,soon,1,2,red
      """
    #expect(
      refusal { _ = try PriceFile.read(Array(text.utf8), name: "p.csv", effectiveFrom: nil) }
        .split(separator: "\n").map { $0.prefix { $0 != ";" } } == [
          "p.csv:1: `colour` is no column of a price file",
          "p.csv:2: input_usd_per_million: `x` is no number",
          "p.csv:2: output_usd_per_million: the price -1 is negative",
          "p.csv:3: a/b has a price from 2026-01-01 on line 2 already",
          "p.csv:4: the row has 2 fields where the header has 6",
          "p.csv:5: text follows a closing quote",
          "p.csv:6: provider is empty",
          "p.csv:6: effective_from: `soon` is no day",
        ])
  }

  @Test("a price file that was written reads back equal", arguments: 0..<200 as Range<UInt64>)
  func readsBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<8).map { randomRow($0, &random) }
    let lineEnd = random.chance(1, in: 2) ? "\n" : "\r\n"
    var columns = Self.allColumns.split(separator: ",").map(String.init)
    columns.shuffle(using: &random)
    let lines = [columns] + rows.map { row in columns.map { cell($0, of: row) } }
    let text = lines.map { $0.map(quoted).joined(separator: ",") + lineEnd }.joined()
    let file = try PriceFile.read(Array(text.utf8), name: "p.csv", effectiveFrom: nil)
    #expect(file.rows.map(\.model) == rows.map(\.model))
    #expect(file.rows.map(\.effectiveFrom) == rows.map(\.effectiveFrom))
    #expect(file.rows.map(\.price) == rows.map(\.price))
  }

  // MARK: writing

  private func randomRow(_ index: Int, _ random: inout SeededGenerator) -> PriceFile.Row {
    let letters = Array("ab,\"' é日-./")
    func name() -> Name {
      Name("\(index)" + String((0..<random.below(9)).map { _ in letters[random.below(11)] }))
    }
    func price() -> UnitPrice {
      // Whole numbers of 10^-24 USD per token, in all magnitudes up to one dollar.
      let highest = (0..<random.below(25)).reduce(Int128(1)) { power, _ in power * 10 }
      return UnitPrice(yoctoUSD: .random(in: 0...highest, using: &random))
    }
    func maybe() -> UnitPrice? { random.chance(1, in: 2) ? price() : nil }
    var special: [Rate: UnitPrice] = [:]
    for (_, rate) in Self.specialColumns { special[rate] = maybe() }
    func prices() -> TokenPrices {
      TokenPrices(
        input: price(), cachedInput: maybe(), cacheWrite: maybe(), output: price(),
        special: special)
    }
    let band = ModelPrice.Band(aboveInputTokens: Int64(random.below(1_000_000)), prices: prices())
    return PriceFile.Row(
      model: ModelID(provider: name(), model: name()),
      effectiveFrom: UTCDay(daysSince1970: 10_957 + random.below(20_000)),
      price: ModelPrice(
        base: prices(), perRequest: price(), bands: random.chance(1, in: 2) ? [band] : []),
      place: .line(0))
  }

  private func cell(_ column: String, of row: PriceFile.Row) -> String {
    let base = row.price.base
    let band = row.price.bands.first
    switch column {
    case "provider": return row.model.provider.text
    case "model": return row.model.model.text
    case "effective_from": return row.effectiveFrom?.description ?? ""
    case "input_usd_per_million": return base.input.perMillion
    case "cached_input_usd_per_million": return base.cachedInput?.perMillion ?? ""
    case "cache_write_usd_per_million": return base.cacheWrite?.perMillion ?? ""
    case "output_usd_per_million": return base.output.perMillion
    case "per_request_usd": return row.price.perRequest.description
    case "threshold_input_tokens": return band.map { String($0.aboveInputTokens) } ?? ""
    case "above_input_usd_per_million": return band?.prices.input.perMillion ?? ""
    case "above_cached_input_usd_per_million": return band?.prices.cachedInput?.perMillion ?? ""
    case "above_cache_write_usd_per_million": return band?.prices.cacheWrite?.perMillion ?? ""
    case "above_output_usd_per_million": return band?.prices.output.perMillion ?? ""
    default:
      let rate = Self.specialColumns.first { "\($0.name)_usd_per_million" == column }?.rate
      return rate.flatMap { base.special[$0] }?.perMillion ?? ""
    }
  }

  private static let specialColumns: [(name: String, rate: Rate)] = [
    ("cache_write_1h", .cacheWriteOneHour), ("reasoning", .reasoning),
    ("audio_input", .audioInput), ("image_input", .imageInput), ("audio_output", .audioOutput),
    ("image_output", .imageOutput),
  ]

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"".contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  // MARK: reading

  private func perMillion(_ text: String) throws -> UnitPrice {
    try UnitPrice(text, per: .million)
  }

  private func price(_ columns: String, _ cells: String) throws -> ModelPrice {
    let text = "provider,model,effective_from,\(columns)\na,b,2026-01-01,\(cells)\n"
    let file = try PriceFile.read(Array(text.utf8), name: "p.csv", effectiveFrom: nil)
    return try #require(file.rows.first).price
  }

  // MARK: messages

  static let allColumns =
    "provider,model,effective_from,input_usd_per_million,cached_input_usd_per_million,"
    + "cache_write_usd_per_million,output_usd_per_million,per_request_usd,threshold_input_tokens,"
    + "above_input_usd_per_million,above_cached_input_usd_per_million,"
    + "above_cache_write_usd_per_million,above_output_usd_per_million,"
    + "cache_write_1h_usd_per_million,reasoning_usd_per_million,audio_input_usd_per_million,"
    + "image_input_usd_per_million,audio_output_usd_per_million,image_output_usd_per_million"
  static let closeIt = "close it, and double a quote that belongs to the text"
  static let cacheWriteColumn =
    noColumn("Cache_Write_USD_per_million") + "; write `cache_write_usd_per_million`"
  static let noDay =
    "effective_from is empty; fill it in, or import with a day for rows without one"
  static let control =
    "provider: the name `a\\u{9}b` has a control character; remove it"
  static let long512 = String(repeating: "é", count: 256)
  static let tooLong = "provider: the name is 513 bytes long; use at most 512"
  static let noAbove =
    "threshold_input_tokens is given without a price above it; give both or neither"
  static let noThreshold =
    "above_output_usd_per_million is given without threshold_input_tokens; give both or neither"
  static let again = "a/b has a price from 2026-01-01 on line 2 already; keep one of the two"

  static func twice(_ column: String) -> String {
    "the column `\(column)` stands twice; keep one of the two"
  }
  static func noColumn(_ name: String) -> String { "`\(name)` is no column of a price file" }
  static func missing(_ columns: [String]) -> String {
    columns.map { "p.csv:1: the column `\($0)` is missing; add it" }.joined(separator: "\n")
  }
  static func rowWidth(_ line: Int, _ count: Int) -> String {
    "p.csv:\(line): the row has \(count) fields where the header has 5; "
      + "give each column one field, and quote a field with a comma in it"
  }
  static func badDay(_ text: String) -> String {
    "effective_from: `\(text)` is no day; write it as 2026-01-31"
  }
  static func negative(_ column: String) -> String {
    "\(column)_usd_per_million: the price -0.5 is negative; give 0 or more"
  }
  static func tooHigh(_ text: String) -> String {
    "output_usd_per_million: the price \(text) is above 1,000,000 USD per million; check its unit"
  }
  static func noNumber(_ text: String) -> String {
    "input_usd_per_million: `\(text)` is no number; write a decimal such as 0.15"
  }
  static func noTokens(_ text: String) -> String {
    "threshold_input_tokens: `\(text)` is no number of tokens; write a whole number such as 200000"
  }
}
