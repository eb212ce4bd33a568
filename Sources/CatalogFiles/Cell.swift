internal import Traffic
internal import Units

/// Reads the values that stand in the cells of a file.
enum Cell {
  /// - Throws: ``UnitError`` for a name that events could not carry (events.md).
  static func name(_ text: String) throws(UnitError) -> Name {
    guard !text.isEmpty else {
      throw UnitError(what: "the name is empty", remedy: "fill it in")
    }
    guard text.utf8.count <= Name.maximumBytes else {
      throw UnitError(
        what: "the name is \(text.utf8.count) bytes long",
        remedy: "use at most \(Name.maximumBytes)")
    }
    guard !text.unicodeScalars.contains(where: \.isControl) else {
      throw UnitError(
        what: "the name `\(text)` has a control character", remedy: "remove it")
    }
    return Name(text)
  }

  static func day(_ text: String) throws(UnitError) -> UTCDay {
    guard let day = UTCDay(text) else {
      throw UnitError(what: "`\(text)` is no day", remedy: "write it as 2026-01-31")
    }
    return day
  }

  static func pricePerMillion(_ text: String) throws(UnitError) -> UnitPrice {
    try UnitPrice(text, per: .million)
  }

  static func priceOfOne(_ text: String) throws(UnitError) -> UnitPrice {
    try UnitPrice(text, per: .one)
  }

  static func amount(_ text: String) throws(UnitError) -> Money {
    let amount = try signedAmount(text)
    guard amount >= .zero else {
      throw UnitError(what: "the amount \(text) is negative", remedy: "give 0 or more")
    }
    return amount
  }

  /// Credits are below 0.
  static func signedAmount(_ text: String) throws(UnitError) -> Money {
    do throws(DecimalText.Failure) {
      return try Money(text)
    } catch {
      switch error {
      case .malformed:
        throw UnitError(what: "`\(text)` is no number", remedy: "write a decimal such as 12.50")
      case .outOfRange:
        throw UnitError(
          what: "the amount \(text) is outside 64 bits of nano-USD", remedy: "check its unit")
      }
    }
  }

  static func tokens(_ text: String) throws(UnitError) -> Int64 {
    guard text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), let count = Int64(text) else {
      throw UnitError(
        what: "`\(text)` is no number of tokens", remedy: "write a whole number such as 200000")
    }
    return count
  }
}
