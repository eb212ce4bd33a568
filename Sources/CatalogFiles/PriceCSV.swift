internal import Pricing
internal import Traffic
internal import Units

/// Our own price file (cli.md): prices in USD per million tokens, dated, with one band at most.
enum PriceCSV {
  enum Column: String, CSVColumn {
    case provider
    case model
    case effectiveFrom = "effective_from"
    case input = "input_usd_per_million"
    case cachedInput = "cached_input_usd_per_million"
    case cacheWrite = "cache_write_usd_per_million"
    case output = "output_usd_per_million"
    case perRequest = "per_request_usd"
    case threshold = "threshold_input_tokens"
    case aboveInput = "above_input_usd_per_million"
    case aboveCachedInput = "above_cached_input_usd_per_million"
    case aboveCacheWrite = "above_cache_write_usd_per_million"
    case aboveOutput = "above_output_usd_per_million"
    // Beyond those of cli.md.
    case cacheWriteOneHour = "cache_write_1h_usd_per_million"
    case reasoning = "reasoning_usd_per_million"
    case audioInput = "audio_input_usd_per_million"
    case imageInput = "image_input_usd_per_million"
    case audioOutput = "audio_output_usd_per_million"
    case imageOutput = "image_output_usd_per_million"

    static let file = "a price file"
    /// They hold above a threshold too.
    static let special: [(Column, Rate)] = [
      (.cacheWriteOneHour, .cacheWriteOneHour), (.reasoning, .reasoning),
      (.audioInput, .audioInput), (.imageInput, .imageInput), (.audioOutput, .audioOutput),
      (.imageOutput, .imageOutput),
    ]
    static let above: [Column] = [.aboveInput, .aboveCachedInput, .aboveCacheWrite, .aboveOutput]
  }

  static func read(
    _ bytes: [UInt8], effectiveFrom: UTCDay?, _ mistakes: inout [FileMistake]
  ) -> PriceFile {
    let dated: [Column] = effectiveFrom == nil ? [.effectiveFrom] : []
    let table = CSVTable<Column>(bytes, needed: [.provider, .model] + dated + [.input, .output])
    mistakes += table.mistakes
    var rows: [PriceFile.Row] = []
    var lines: [Key: Int] = [:]
    for row in table.rows {
      let provider = row.needed(.provider, &mistakes, Cell.name)
      let model = row.needed(.model, &mistakes, Cell.name)
      let day = day(of: row, effectiveFrom, &mistakes)
      let price = price(of: row, &mistakes)
      guard let provider, let model, let day else { continue }
      let id = ModelID(provider: provider, model: model)
      if let earlier = lines[Key(model: id, day: day)] {
        mistakes.append(
          row.mistake(
            "\(id) has a price from \(day) on line \(earlier) already", "keep one of the two"))
      } else {
        lines[Key(model: id, day: day)] = row.line
      }
      if let price {
        rows.append(.init(model: id, effectiveFrom: day, price: price, place: .line(row.line)))
      }
    }
    return PriceFile(format: .csv, rows: rows)
  }

  private struct Key: Hashable {
    let model: ModelID
    let day: UTCDay
  }

  private static func day(
    of row: CSVTable<Column>.Row, _ given: UTCDay?, _ mistakes: inout [FileMistake]
  ) -> UTCDay? {
    if row[.effectiveFrom] != nil { return row.optional(.effectiveFrom, &mistakes, Cell.day) }
    if given == nil {
      mistakes.append(
        row.mistake(
          "effective_from is empty", "fill it in, or import with a day for rows without one"))
    }
    return given
  }

  /// The price of a row; nil if there is a mistake in it, noted.
  private static func price(
    of row: CSVTable<Column>.Row, _ mistakes: inout [FileMistake]
  ) -> ModelPrice? {
    let before = mistakes.count
    let input = row.needed(.input, &mistakes, Cell.pricePerMillion)
    let cachedInput = row.optional(.cachedInput, &mistakes, Cell.pricePerMillion)
    let cacheWrite = row.optional(.cacheWrite, &mistakes, Cell.pricePerMillion)
    let output = row.needed(.output, &mistakes, Cell.pricePerMillion)
    let perRequest = row.optional(.perRequest, &mistakes, Cell.priceOfOne) ?? .zero
    var special: [Rate: UnitPrice] = [:]
    for (column, rate) in Column.special {
      special[rate] = row.optional(column, &mistakes, Cell.pricePerMillion)
    }
    let threshold = row.optional(.threshold, &mistakes, Cell.tokens)
    let aboveInput = row.optional(.aboveInput, &mistakes, Cell.pricePerMillion)
    let aboveCachedInput = row.optional(.aboveCachedInput, &mistakes, Cell.pricePerMillion)
    let aboveCacheWrite = row.optional(.aboveCacheWrite, &mistakes, Cell.pricePerMillion)
    let aboveOutput = row.optional(.aboveOutput, &mistakes, Cell.pricePerMillion)

    let above = Column.above.first { row[$0] != nil }
    if let above, row[.threshold] == nil {
      mistakes.append(
        row.mistake(
          "\(above.rawValue) is given without threshold_input_tokens", "give both or neither"))
    }
    if above == nil, row[.threshold] != nil {
      mistakes.append(
        row.mistake(
          "threshold_input_tokens is given without a price above it", "give both or neither"))
    }
    guard mistakes.count == before, let input, let output else { return nil }

    let base = TokenPrices(
      input: input, cachedInput: cachedInput, cacheWrite: cacheWrite, output: output,
      special: special)
    let bands = threshold.map { threshold in
      // What the band leaves out of the cache prices costs its input price (cli.md).
      ModelPrice.Band(
        aboveInputTokens: threshold,
        prices: TokenPrices(
          input: aboveInput ?? input, cachedInput: aboveCachedInput, cacheWrite: aboveCacheWrite,
          output: aboveOutput ?? output, special: special))
    }
    return ModelPrice(base: base, perRequest: perRequest, bands: bands.map { [$0] } ?? [])
  }
}
