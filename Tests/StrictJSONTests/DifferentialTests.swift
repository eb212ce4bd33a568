import Foundation
import StrictJSON
import Testing
import Units

/// The tape against other readers, on texts made up from a seed.
@Suite("JSON against its twins")
struct DifferentialTests {
  @Test("reads what Foundation reads, alike", arguments: 0..<400 as Range<UInt64>)
  func readsAsFoundation(seed: UInt64) throws {
    var generator = JSONGenerator(seed: seed)
    let text = generator.text()
    var tape = JSONTape()
    try tape.parse(text)
    let object = try JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
    let agreement = agrees(tape, JSONTape.root, with: object)
    #expect(
      agreement,
      Comment(rawValue: String(decoding: text, as: UTF8.self)))
  }

  @Test(
    "accepts what the RFC's grammar accepts, byte for byte", arguments: 0..<200 as Range<UInt64>)
  func acceptsAsTheGrammar(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    var tape = JSONTape()
    for _ in 0..<10 {
      let text = generator.damaged(generator.text())
      var twin = GrammarTwin(text)
      var isAccepted = true
      do { try tape.parse(text) } catch { isAccepted = false }
      #expect(
        isAccepted == twin.accepts(), Comment(rawValue: String(decoding: text, as: UTF8.self)))
    }
  }

  private func agrees(_ tape: JSONTape, _ index: JSONTape.Index, with other: Any) -> Bool {
    switch tape.kind(index) {
    case .object:
      guard let members = other as? [String: Any] else { return false }
      var count = 0
      var agree = true
      tape.forEachMember(of: index) { key, value in
        count += 1
        agree = agree && members[tape.text(key)].map { agrees(tape, value, with: $0) } == true
      }
      return agree && count == members.count
    case .array:
      guard let elements = other as? [Any] else { return false }
      var own: [JSONTape.Index] = []
      tape.forEachElement(of: index) { own.append($0) }
      return own.count == elements.count
        && zip(own, elements).allSatisfy { agrees(tape, $0, with: $1) }
    case .string:
      return (other as? String)?.utf8.elementsEqual(tape.text(index).utf8) == true
    case .number:
      let source = String(decoding: tape.source(index), as: UTF8.self)
      guard let number = other as? NSNumber else { return false }
      if let whole = Int64(source) { return number.int64Value == whole }
      return number.doubleValue == Double(source)
    case .true: return (other as? Bool) == true
    case .false: return (other as? Bool) == false
    case .null: return other is NSNull
    }
  }
}

/// RFC 8259's grammar rule by rule, with unique keys and no lone surrogates, and nothing for speed.
private struct GrammarTwin {
  private let text: [UInt8]
  private var at = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func accepts() -> Bool {
    guard String(validating: text, as: UTF8.self) != nil else { return false }
    return value() && at == text.count
  }

  private mutating func take(_ word: String) -> Bool {
    guard text[at...].starts(with: word.utf8) else { return false }
    at += word.utf8.count
    return true
  }

  private mutating func takeAny(_ letters: String) -> UInt8? {
    guard at < text.count, letters.utf8.contains(text[at]) else { return nil }
    at += 1
    return text[at - 1]
  }

  private mutating func space() { while takeAny(" \t\n\r") != nil {} }

  private mutating func value() -> Bool {
    space()
    defer { space() }
    if take("{") { return members() }
    if take("[") { return elements() }
    if take("\"") { return string() != nil }
    return take("true") || take("false") || take("null") || number()
  }

  private mutating func elements() -> Bool {
    space()
    if take("]") { return true }
    repeat { guard value() else { return false } } while take(",")
    return take("]")
  }

  private mutating func members() -> Bool {
    var keys: Set<[UInt16]> = []
    space()
    if take("}") { return true }
    repeat {
      space()
      guard take("\""), let key = string(), keys.insert(key).inserted else { return false }
      space()
      guard take(":"), value() else { return false }
    } while take(",")
    return take("}")
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0") {
      guard takeAny("123456789") != nil else { return false }
      digits()
    }
    if take(".") {
      guard takeAny("0123456789") != nil else { return false }
      digits()
    }
    if takeAny("eE") != nil {
      _ = takeAny("+-")
      guard takeAny("0123456789") != nil else { return false }
      digits()
    }
    return true
  }

  private mutating func digits() { while takeAny("0123456789") != nil {} }

  /// The UTF-16 of a string after its first quote; nil for a broken one or a lone surrogate.
  private mutating func string() -> [UInt16]? {
    var units: [UInt16] = []
    var plain: [UInt8] = []
    func flush() {
      units += Array(String(decoding: plain, as: UTF8.self).utf16)
      plain = []
    }
    while at < text.count {
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        flush()
        return hasLoneSurrogate(units) ? nil : units
      }
      guard byte >= 0x20 else { return nil }
      guard byte == UInt8(ascii: "\\") else {
        plain.append(byte)
        continue
      }
      flush()
      if take("u") {
        let digits = text[at...].prefix(4)
        let isHex = digits.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
        guard digits.count == 4, isHex,
          let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        units.append(unit)
        at += 4
      } else {
        let letters: [UInt8: UInt16] = [
          0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        guard at < text.count, let unit = letters[text[at]] else { return nil }
        units.append(unit)
        at += 1
      }
    }
    return nil
  }

  private func hasLoneSurrogate(_ units: [UInt16]) -> Bool {
    var iterator = units.makeIterator()
    var decoder = UTF16()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue: continue
      case .emptyInput: return false
      case .error: return true
      }
    }
  }
}
