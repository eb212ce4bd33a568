/// Makes what cannot be seen in a name visible: two names that look alike are a trap, and a terminal
/// obeys what a name may hold.
package enum VisibleText {
  /// Control characters, C1 and ANSI escapes among them, invisible and direction-changing ones as
  /// `\u{202E}`; of stacked marks those past the third, and those with nothing to stand on.
  package static func escaping(_ text: String) -> String {
    var visible = String.UnicodeScalarView()
    var marks = 3
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        marks = 0
        if scalar.value >= 0x20, scalar.value != 0x7F {
          visible.append(scalar)
        } else {
          visible.append(contentsOf: escape(scalar).unicodeScalars)
        }
        continue
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
        .privateUse:
        visible.append(contentsOf: escape(scalar).unicodeScalars)
        marks = 0
      case .nonspacingMark, .enclosingMark:
        if marks < 3 {
          visible.append(scalar)
          marks += 1
        } else {
          visible.append(contentsOf: escape(scalar).unicodeScalars)
        }
      default:
        visible.append(scalar)
        marks = 0
      }
    }
    return String(visible)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }
}

/// How many columns of a terminal a text takes.
package enum DisplayWidth {
  static func of(_ text: String) -> Int {
    let bytes = text.utf8
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// By the character's first scalar: 2 for East Asian wide ones and emoji, else 1.
  static func of(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.value < 0x1100 { return 1 }
    if first.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// Unicode's East Asian Width, W and F, in the blocks people use.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]

  /// The text cut in its middle to fit: `check…stant`.
  package static func cut(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 1 else { return width == 1 ? "…" : "" }
    let characters = Array(text)
    var head = 0
    var tail = characters.count
    var room = width - 1
    // The head takes the odd column.
    while head < tail {
      let front = of(characters[head])
      guard front <= room else { break }
      head += 1
      room -= front
      guard head < tail else { break }
      let back = of(characters[tail - 1])
      guard back <= room else { break }
      tail -= 1
      room -= back
    }
    return String(characters[..<head]) + "…" + String(characters[tail...])
  }
}
