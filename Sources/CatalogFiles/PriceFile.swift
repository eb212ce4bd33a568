package import Pricing
package import Traffic
package import Units

/// The prices of a file: our own CSV (cli.md), or the price catalog of LiteLLM or models.dev as it is
/// published.
package struct PriceFile: Hashable, Sendable {
  package enum Format: String, Sendable {
    case csv, litellm
    case modelsDev = "models.dev"

    /// Whether a file names every model that its publisher prices, so that one left out is gone.
    package var isWholeCatalog: Bool { self != .csv }
  }

  package struct Row: Hashable, Sendable {
    /// Where in the file it stands.
    package enum Place: Hashable, Sendable {
      case line(Int)
      case key(String)
    }

    package let model: ModelID
    /// The day the file says, else the one given to ``PriceFile/read(_:name:effectiveFrom:)``; nil if
    /// neither says one, which only a published catalog may leave open.
    package let effectiveFrom: UTCDay?
    package let price: ModelPrice
    package let place: Place

    package init(model: ModelID, effectiveFrom: UTCDay?, price: ModelPrice, place: Place) {
      self.model = model
      self.effectiveFrom = effectiveFrom
      self.price = price
      self.place = place
    }
  }

  /// An entry of a published catalog that gives no row.
  package struct Skipped: Hashable, Sendable {
    package enum Reason: String, CaseIterable, Sendable {
      /// `sample_spec`, which describes what an entry looks like.
      case sample
      /// No price per token.
      case noTokenPrice = "no_token_price"
      /// Tokens that cost nothing because images, queries, seconds or the like are paid instead. Read
      /// as a price per token, it would show paid calls as free.
      case otherUnit = "other_unit"
      /// A table of `tiered_pricing` that prices no tokens.
      case tiers
      /// A price per token, and no `litellm_provider` to tell whose.
      case noProvider = "no_provider"
      /// Another key gives the price of the same model.
      case sameModel = "same_model"

      /// As a summary of an import says it.
      package var text: String {
        switch self {
        case .sample: "a sample"
        case .noTokenPrice: "no price per token"
        case .otherUnit: "priced by another unit than tokens"
        case .tiers: "priced in a table without prices of tokens"
        case .noProvider: "no provider"
        case .sameModel: "the same model as another key"
        }
      }
    }

    package let key: String
    package let reason: Reason

    package init(key: String, reason: Reason) {
      self.key = key
      self.reason = reason
    }
  }

  package let format: Format
  /// Of CSV in the order of the file; of a published catalog in the order of bytes.
  package let rows: [Row]
  /// By key, in the order of bytes.
  package let skipped: [Skipped]

  package init(format: Format, rows: [Row], skipped: [Skipped] = []) {
    self.format = format
    self.rows = rows
    self.skipped = skipped
  }

  /// How many entries were skipped for each reason that occurs.
  package var skippedCounts: [(reason: Skipped.Reason, count: Int)] {
    Skipped.Reason.allCases.compactMap { reason in
      let count = skipped.count { $0.reason == reason }
      return count == 0 ? nil : (reason, count)
    }
  }

  /// Reads a price file, decompressed; what kind it is, its first character tells.
  ///
  /// `name` is the file's, for messages. From `effectiveFrom` on prices hold where the file says no
  /// day.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], name: String, effectiveFrom: UTCDay?
  ) throws(FileMistakes) -> PriceFile {
    var mistakes: [FileMistake] = []
    let first = bytes.withoutByteOrderMark.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let file: PriceFile
    if let first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      file = LiteLLMCatalog.read(bytes, effectiveFrom: effectiveFrom, &mistakes)
    } else {
      file = PriceCSV.read(bytes, effectiveFrom: effectiveFrom, &mistakes)
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return file
  }
}
