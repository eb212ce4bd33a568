import StrictJSON
import Traffic
import Units
import Wording

/// Reads typed values out of a question. A null is the same as a field left out.
///
/// `name` is the field's path as a message calls it, made only when there is one.
struct QuestionFields {
  let tape: JSONTape

  /// The value of a member; nil where it is left out or null.
  func member(_ key: StaticString, of object: Int) -> Int? {
    guard let value = tape.value(key, in: object), tape.kind(value) != .null else { return nil }
    return value
  }

  func check(
    _ value: Int, is kind: JSONTape.Kind, _ wanted: StaticString, _ name: () -> String
  ) throws(QuestionMistake) {
    guard tape.kind(value) == kind else { throw wrongType(value, wanted, name) }
  }

  /// A name of identity or attribution (events.md); an empty one is the same as one left out.
  func name(_ value: Int?, _ name: @autoclosure () -> String) throws(QuestionMistake) -> Name? {
    guard let value else { return nil }
    try check(value, is: .string, "a string", name)
    let text = tape.text(value)
    guard !text.isEmpty else { return nil }
    let count = text.utf8.count
    guard count <= Name.maximumBytes else {
      throw QuestionMistake(
        "`\(name())` has \(count) bytes; at most \(Name.maximumBytes) are allowed")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw QuestionMistake("`\(name())` has a control character; none is allowed")
    }
    return Name(text)
  }

  /// One of a set of words.
  func word<Word: RawRepresentable<String> & CaseIterable>(
    _ value: Int?, _ name: @autoclosure () -> String, as type: Word.Type = Word.self
  ) throws(QuestionMistake) -> Word? {
    guard let value else { return nil }
    try check(value, is: .string, "a string", name)
    let text = tape.text(value)
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let hint =
      NearestWord.of(text, in: words).map { "did you mean `\($0)`? (\(Phrase.list(words)))" }
      ?? "it may be \(Phrase.list(words))"
    throw QuestionMistake("`\(name())` is \(Phrase.quoted(text)); \(hint)")
  }

  func bool(_ value: Int?, _ name: @autoclosure () -> String) throws(QuestionMistake) -> Bool? {
    guard let value else { return nil }
    switch tape.kind(value) {
    case .true: return true
    case .false: return false
    case .object, .array, .string, .number, .null: throw wrongType(value, "true or false", name)
    }
  }

  /// A whole number, not negative.
  func count(_ value: Int?, _ name: @autoclosure () -> String) throws(QuestionMistake) -> Int64? {
    guard let value else { return nil }
    try check(value, is: .number, "a whole number", name)
    let number: Int64
    do {
      number = try tape.integer(value)
    } catch {
      switch error {
      case .notWhole:
        throw QuestionMistake(
          "`\(name())` is \(source(value)); it must be a whole number, written plainly")
      case .outOfRange:
        throw QuestionMistake("`\(name())` is \(source(value)); it must fit 64 bits")
      }
    }
    guard number >= 0 else { throw negative(value, name) }
    return number
  }

  /// An amount of USD, as a number or a decimal string, not negative.
  func money(_ value: Int?, _ name: @autoclosure () -> String) throws(QuestionMistake) -> Money? {
    try decimal(value, "64 bits of nano-USD", name) {
      (text) throws(DecimalText.Failure) in try Money(decimalUSD: text)
    }
  }

  /// As ``money(_:_:)``, cut towards zero: a threshold is reached only by what reaches it.
  func ratio(_ value: Int?, _ name: @autoclosure () -> String) throws(QuestionMistake) -> Ratio? {
    try decimal(value, "64 bits of billionths", name) {
      (text) throws(DecimalText.Failure) in try Ratio(saturating: text)
    }
  }

  private func decimal<Value>(
    _ value: Int?, _ room: StaticString, _ name: () -> String,
    _ read: (Span<UInt8>) throws(DecimalText.Failure) -> Value
  ) throws(QuestionMistake) -> Value? {
    guard let value else { return nil }
    switch tape.kind(value) {
    case .number, .string: break
    case .object, .array, .true, .false, .null: throw wrongType(value, "a decimal number", name)
    }
    let result: Value
    do throws(DecimalText.Failure) {
      result = try tape.withTextBytes(value) {
        (text: Span<UInt8>) throws(DecimalText.Failure) -> Value in
        try read(text)
      }
    } catch {
      switch error {
      case .malformed:
        throw QuestionMistake(
          "`\(name())` is \(source(value)); it must be a decimal number such as 0.42")
      case .outOfRange:
        throw QuestionMistake("`\(name())` is \(source(value)); it must fit \(room)")
      }
    }
    guard !tape.withTextBytes(value, { DecimalText.isNegative($0) }) else {
      throw negative(value, name)
    }
    return result
  }

  func wrongType(_ value: Int, _ wanted: StaticString, _ name: () -> String) -> QuestionMistake {
    QuestionMistake("`\(name())` is \(tape.kind(value).name); it must be \(wanted)")
  }

  private func negative(_ value: Int, _ name: () -> String) -> QuestionMistake {
    QuestionMistake("`\(name())` is \(source(value)); it must not be negative")
  }

  /// A number as it stands in the text.
  private func source(_ value: Int) -> String {
    String(decoding: tape.source(value).prefix(64), as: UTF8.self)
  }
}
