/// Looks at a file's bytes before they are parsed.
package enum YAMLText {
  static let maximumBytes = 1 << 20

  /// The text without a byte-order mark.
  ///
  /// Refuses what would never be a policy, and what could make the parser slow: a file over 1 MiB,
  /// bytes that are no UTF-8, control characters, and aliases together with anchors.
  package static func checked(_ bytes: [UInt8]) throws(PolicyFileError) -> String {
    guard bytes.count <= maximumBytes else {
      throw refused(
        .start, "the file has \(bytes.count) bytes", remedy: "a policy has at most \(maximumBytes)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refused(
        position(ofInvalidIn: bytes), "a byte that is no UTF-8", remedy: "save the file as UTF-8")
    }
    let scalars = text.unicodeScalars
    let body = scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
    var cursor = Cursor()
    for scalar in body.unicodeScalars {
      if isControl(scalar) {
        // At most two digits: the control characters end at U+009F.
        let code = String(scalar.value, radix: 16, uppercase: true)
        throw refused(
          cursor.position, "the control character U+00\(code.count == 1 ? "0" : "")\(code)",
          remedy: "remove it; line breaks and tabs within text are fine")
      }
      cursor.advance(over: scalar)
    }
    try refuseAliases(in: body)
    return body
  }

  static func refused(_ position: Position, _ what: String, remedy: String) -> PolicyFileError {
    PolicyFileError(mistakes: [Mistake(position, what, remedy: remedy)])
  }

  /// Walks a text as the YAML parser does: it counts scalars, and knows five line breaks.
  struct Cursor {
    private(set) var line = 1
    private(set) var column = 1
    private var last: Unicode.Scalar = " "

    var position: Position { Position(line: line, column: column) }

    mutating func advance(over scalar: Unicode.Scalar) {
      switch scalar {
      case "\n" where last == "\r":
        break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        line += 1
        column = 1
      default:
        column += 1
      }
      last = scalar
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r", "\u{85}": false
    default: scalar.properties.generalCategory == .control
    }
  }

  private static func position(ofInvalidIn bytes: [UInt8]) -> Position {
    var cursor = Cursor()
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { cursor.advance(over: scalar) }
    return cursor.position
  }

  /// An alias as a key makes the parser compare all that it stands for, which can be made to grow
  /// without bound. So words that look like an anchor and like an alias, both in one file and outside
  /// whole-line comments, are refused here; either alone is left to the parser, which knows better.
  private static func refuseAliases(in text: String) throws(PolicyFileError) {
    var anchors: [Position] = []
    var aliases: [Position] = []
    var cursor = Cursor()
    var startsWord = true
    var isInComment = false
    var isLineBlank = true
    var mark: (sign: Unicode.Scalar, position: Position)?
    for scalar in text.unicodeScalars {
      if let found = mark, isNameCharacter(scalar), !isInComment {
        if found.sign == "&" {
          anchors.append(found.position)
        } else {
          aliases.append(found.position)
        }
      }
      mark = nil
      if startsWord, scalar == "&" || scalar == "*" { mark = (scalar, cursor.position) }
      if isLineBlank, scalar == "#" { isInComment = true }
      let isSpace = scalar == " " || scalar == "\t"
      startsWord = isSpace || "[]{},:?-\"'".unicodeScalars.contains(scalar)
      if !isSpace { isLineBlank = false }
      let line = cursor.line
      cursor.advance(over: scalar)
      if cursor.line != line { (startsWord, isInComment, isLineBlank) = (true, false, true) }
    }
    guard !anchors.isEmpty, !aliases.isEmpty else { return }
    let mistakes = (anchors + aliases).sorted().prefix(20).map { position in
      Mistake(position, "an anchor or alias", remedy: "write the value out where it is used")
    }
    throw PolicyFileError(mistakes: mistakes)
  }

  private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
