/// A line for a terminal: texts with styles, and how wide they are together.
struct TextLine {
  enum Style {
    case plain
    case title
    case faint
    case total

    /// Its SGR parameter.
    fileprivate var code: String? {
      switch self {
      case .plain: nil
      case .title, .total: "1"
      case .faint: "2"
      }
    }
  }

  private var spans: [(text: String, style: Style)] = []
  private(set) var width = 0

  init() {}

  init(_ text: String, _ style: Style) { append(text, style) }

  mutating func append(_ text: String, _ style: Style) {
    guard !text.isEmpty else { return }
    spans.append((text, style))
    width += DisplayWidth.of(text)
  }

  mutating func append(_ line: TextLine) {
    spans += line.spans
    width += line.width
  }

  mutating func pad(to column: Int) {
    if column > width { append(String(repeating: " ", count: column - width), .plain) }
  }

  func painted(isColored: Bool) -> String {
    spans.reduce(into: "") { line, span in
      if isColored, let code = span.style.code {
        line += "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
      } else {
        line += span.text
      }
    }
  }
}

/// Breaks a text between words.
enum TextWrap {
  /// Lines of at most `width` columns; a longer word is cut in its middle.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words(of: text) {
      let word = DisplayWidth.cut(word, to: width)
      if line.isEmpty {
        line = word
      } else if DisplayWidth.of(line) + 1 + DisplayWidth.of(word) <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// A per cent sign stays with its number.
  private static func words(of text: String) -> [String] {
    text.split(separator: " ").reduce(into: []) { words, word in
      if word.hasPrefix("%"), let number = words.popLast() {
        words.append("\(number) \(word)")
      } else {
        words.append(String(word))
      }
    }
  }
}
