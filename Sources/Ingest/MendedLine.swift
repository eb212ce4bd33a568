internal import StrictJSON

/// A line of the quarantine as it is exported for mending, and as it comes back: one JSON object a
/// line, of which `sha256` says which line it is and `excerpt` what it should say. The other members
/// are for the reader.
///
/// The excerpt is the line itself, an object, wherever it is one: that is edited without escaping.
/// Text that is no object is a string.
package struct MendedLine {
  package let sha256: [UInt8]
  package let text: [UInt8]

  /// - Throws: ``InputError`` if the line is not of this form.
  static func read(
    _ bytes: ArraySlice<UInt8>, _ tape: inout JSONTape, place: String
  ) throws(InputError) -> MendedLine {
    func refuse(_ what: String) -> InputError {
      InputError(
        .undecodable, place, what,
        remedy: "mend the `excerpt` of a line that `rejects export` wrote, and leave `sha256`")
    }
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      throw refuse("is no JSON: \(error.description)")
    }
    let root = JSONTape.root
    guard let key = tape.value("sha256", in: root), tape.kind(key) == .string,
      let sha256 = Hex.bytes(tape.text(key)), sha256.count == 32
    else { throw refuse("has no `sha256` of 64 hexadecimal digits") }
    guard let excerpt = tape.value("excerpt", in: root) else { throw refuse("has no `excerpt`") }
    switch tape.kind(excerpt) {
    case .string: return MendedLine(sha256: sha256, text: Array(tape.text(excerpt).utf8))
    case .object: return MendedLine(sha256: sha256, text: Array(tape.source(excerpt)))
    case .array, .number, .true, .false, .null:
      throw refuse("has an `excerpt` that is \(tape.kind(excerpt).name)")
    }
  }

  /// What `excerpt` may show as it stands: a whole object.
  package static func isObject(_ excerpt: [UInt8]) -> Bool {
    var tape = JSONTape()
    do throws(JSONFailure) {
      try tape.parse(excerpt)
      return tape.kind(JSONTape.root) == .object
    } catch {
      return false
    }
  }
}

/// Bytes as lower-case hexadecimal digits.
package enum Hex {
  package static func text(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// Nil unless the text is pairs of digits.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for scalar in text.unicodeScalars {
      guard scalar.isASCII, let digit = Character(scalar).hexDigitValue.map(UInt8.init) else {
        return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
