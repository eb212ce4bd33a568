internal import StrictJSON
internal import Traffic
internal import Units

/// Values as other programs write them: numbers in strings (a CSV has nothing else), times without a
/// zone, amounts in cents.
extension FieldReader {
  /// A whole number, not negative, as a number or as text; empty text is one left out.
  func foreignCount(_ value: Int?, _ field: String) throws(Rejection) -> Int64? {
    guard let number = try foreignInteger(value, field) else { return nil }
    guard number >= 0 else {
      throw Rejection(.negative, "`\(field)` is \(number); it must not be negative")
    }
    return number
  }

  func foreignInteger(_ value: Int?, _ field: String) throws(Rejection) -> Int64? {
    guard let value = filled(present(value)) else { return nil }
    guard tape.kind(value) == .number || tape.kind(value) == .string else {
      throw wrongType(value, field, "a whole number")
    }
    let number = tape.withTextBytes(value) { text -> Int128? in
      // A fraction of zeros is what some programs write of whole numbers.
      guard let number = try? DecimalText.integer(in: text, places: 0, rounding: .down),
        let finer = try? DecimalText.integer(in: text, places: 9, rounding: .down),
        finer == number * 1_000_000_000
      else { return nil }
      return number
    }
    guard let number, let whole = Int64(exactly: number) else {
      throw Rejection(
        .badNumber, "`\(field)` is \(shown(value)); it must be a whole number of 64 bits")
    }
    return whole
  }

  /// An amount of which `unit` has so many decimal places in nano-USD, as a number or as text.
  func foreignMoney(
    _ value: Int?, _ field: String, unit: MoneyUnit = .usd
  ) throws(Rejection) -> Money? {
    guard let value = filled(present(value)) else { return nil }
    guard tape.kind(value) == .number || tape.kind(value) == .string else {
      throw wrongType(value, field, "a decimal number")
    }
    let amount = tape.withTextBytes(value) { text in
      DecimalText.isNegative(text)
        ? nil : try? DecimalText.integer(in: text, places: unit.placesToNanoUSD)
    }
    guard let amount, let nanoUSD = Int64(exactly: amount) else {
      throw Rejection(
        .badNumber,
        "`\(field)` is \(shown(value)); it must be a decimal number, not negative, of 64 bits of "
          + "nano-USD")
    }
    return Money(nanoUSD: nanoUSD)
  }

  /// The first of these members of `object` that is given.
  func firstMember(_ keys: StaticString..., of object: Int?) -> Int? {
    for key in keys { if let value = member(key, of: object) { return value } }
    return nil
  }

  /// The value as an error may show it: no more of it than a number has.
  func shown(_ value: Int) -> String {
    String(decoding: tape.source(value).prefix(64), as: UTF8.self).printable
  }

  /// The names and numbers of a foreign log that are too long or odd for a name are no name.
  func foreignName(_ value: Int?) -> Name? {
    guard let value = present(value) else { return nil }
    let text: String
    switch tape.kind(value) {
    case .string: text = tape.text(value)
    case .number: text = String(decoding: tape.source(value), as: UTF8.self)
    case .object, .array, .true, .false, .null: return nil
    }
    guard !text.isEmpty, text.utf8.count <= Name.maximumBytes, !text.hasControlCharacter else {
      return nil
    }
    return Name(text)
  }

  /// A name that an entry must have.
  func neededName(_ value: Int?, _ field: String, _ owner: String) throws(Rejection) -> Name {
    guard let name = try name(value, field) else {
      throw Rejection(.missingField, "`\(field)` is missing; \(owner) has it")
    }
    return name
  }
}

/// In what a log counts money.
package enum MoneyUnit: String, CaseIterable, Sendable {
  case usd
  case cents
  case microUSD = "micro_usd"
  case nanoUSD = "nano_usd"

  var placesToNanoUSD: Int {
    switch self {
    case .usd: 9
    case .cents: 7
    case .microUSD: 3
    case .nanoUSD: 0
    }
  }
}
