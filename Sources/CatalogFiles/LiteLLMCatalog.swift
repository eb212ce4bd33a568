internal import Pricing
internal import StrictJSON
internal import Traffic
internal import Units

/// LiteLLM's price catalog as it is published (`model_prices_and_context_window.json`): an object of
/// model to entry, with prices in USD per token written as floats, here read as the decimals they are.
///
/// ``LiteLLMName`` says which model a key means, ``LiteLLMEntry`` what an entry costs. If keys mean
/// the same model, LiteLLM looks under `provider/model` first, so a key that names its provider goes
/// before one that does not, and then the first in the order of bytes.
enum LiteLLMCatalog {
  /// Reads this catalog or, where it is one, models.dev's.
  static func read(
    _ bytes: [UInt8], effectiveFrom: UTCDay?, _ mistakes: inout [FileMistake]
  ) -> PriceFile {
    let text = bytes.withoutByteOrderMark
    var entries = Entries()
    do throws(Problem) {
      let tape = try catalog(in: text)
      if ModelsDevCatalog.recognises(tape) {
        var problems: [Problem] = []
        let file = ModelsDevCatalog.read(tape, effectiveFrom: effectiveFrom, &problems)
        if !problems.isEmpty {
          let lines = LineIndex(text)
          mistakes += problems.map { $0.mistake(lines) }
        }
        return file
      }
      tape.forEachMember(of: JSONTape.root) { key, value in entries.add(tape, key, value) }
    } catch {
      entries.problems = [error]
    }
    if !entries.problems.isEmpty {
      let lines = LineIndex(text)
      mistakes += entries.problems.map { $0.mistake(lines) }
    } else if !entries.nameProviders {
      mistakes.append(
        FileMistake(
          line: nil, what: "no entry has a `litellm_provider`",
          remedy: "give LiteLLM's or models.dev's price catalog as it is published, or a CSV"))
    }
    let (rows, shadowed) = entries.rows(effectiveFrom)
    return PriceFile(
      format: .litellm, rows: rows,
      skipped: (entries.skipped + shadowed).sorted { Name($0.key) < Name($1.key) })
  }

  /// A mistake whose line is yet to be counted.
  struct Problem: Error {
    let offset: Int
    let what: String
    let remedy: String

    func of(_ place: String) -> Problem {
      Problem(offset: offset, what: place + what, remedy: remedy)
    }

    func mistake(_ lines: LineIndex) -> FileMistake {
      FileMistake(line: lines.line(at: offset), what: what, remedy: remedy)
    }
  }

  private static func catalog(in text: ArraySlice<UInt8>) throws(Problem) -> JSONTape {
    var tape = JSONTape()
    do throws(JSONFailure) {
      try tape.parse(text)
    } catch {
      throw Problem(
        offset: error.offset, what: "the file is not JSON: \(error.what)",
        remedy: "mend it, or fetch it again")
    }
    guard tape.kind(JSONTape.root) == .object else {
      throw Problem(
        offset: 0, what: "\(tape.kind(JSONTape.root).name) is no price catalog",
        remedy: "give LiteLLM's or models.dev's, an object with an entry for each model, or a CSV")
    }
    return tape
  }
}

/// The entries of a catalog, sorted into those that price a model, those skipped, and mistakes.
private struct Entries {
  private struct Candidate {
    let key: Name
    let model: ModelID
    let isExplicit: Bool
    let price: ModelPrice
  }

  private var candidates: [Candidate] = []
  private(set) var skipped: [PriceFile.Skipped] = []
  var problems: [LiteLLMCatalog.Problem] = []
  /// Whether any entry says whose it is; other catalogs of models do not.
  private(set) var nameProviders = false

  mutating func add(_ tape: JSONTape, _ keyNode: JSONTape.Index, _ entryNode: JSONTape.Index) {
    let key = tape.text(keyNode)
    guard key != "sample_spec" else {
      skipped.append(.init(key: key, reason: .sample))
      return
    }
    var own: [LiteLLMCatalog.Problem] = []
    let entry = LiteLLMEntry(tape, at: entryNode, &own)
    let name = entry.provider.map { LiteLLMName(key: key, provider: $0) }
    var model: ModelID?
    if let name {
      nameProviders = true
      do throws(UnitError) {
        model = ModelID(
          provider: try Cell.name(name.provider), model: try Cell.name(name.model))
      } catch {
        own.append(
          .init(offset: tape.source(keyNode).startIndex, what: error.what, remedy: error.remedy))
      }
    }
    guard own.isEmpty else {
      problems += own.map { $0.of("`\(key)`: ") }
      return
    }
    switch entry.content {
    case .skipped(let reason): skipped.append(.init(key: key, reason: reason))
    case .price(let price):
      if let model, let name {
        candidates.append(
          Candidate(key: Name(key), model: model, isExplicit: name.isExplicit, price: price))
      } else {
        skipped.append(.init(key: key, reason: .noProvider))
      }
    }
  }

  /// A row for each model, and the keys that lost it to another.
  func rows(_ effectiveFrom: UTCDay?) -> (rows: [PriceFile.Row], shadowed: [PriceFile.Skipped]) {
    let byKey = candidates.sorted { $0.key < $1.key }
    var winners: [ModelID: Name] = [:]
    for candidate in byKey.filter(\.isExplicit) + byKey.filter({ !$0.isExplicit })
    where winners[candidate.model] == nil {
      winners[candidate.model] = candidate.key
    }
    var rows: [PriceFile.Row] = []
    var shadowed: [PriceFile.Skipped] = []
    for candidate in byKey {
      if winners[candidate.model] == candidate.key {
        rows.append(
          .init(
            model: candidate.model, effectiveFrom: effectiveFrom, price: candidate.price,
            place: .key(candidate.key.text)))
      } else {
        shadowed.append(.init(key: candidate.key.text, reason: .sameModel))
      }
    }
    return (rows, shadowed)
  }
}

/// Tells the line of a place in a text.
struct LineIndex {
  /// The offset after each line feed, rising.
  private let starts: [Int]

  init(_ text: ArraySlice<UInt8>) {
    starts = text.enumerated().lazy.filter { $0.element == UInt8(ascii: "\n") }.map {
      $0.offset + 1
    }
  }

  /// The line, from 1, of the byte at `offset`.
  func line(at offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }
}
