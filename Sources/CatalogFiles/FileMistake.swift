/// One thing wrong in a file that a person wrote. Prints under its file's name as:
/// `prices.csv:7: the price -0.5 is negative; give 0 or more`
package struct FileMistake: Error, Hashable, Sendable {
  /// 1-based; nil where the whole file is meant.
  package let line: Int?
  package let what: String
  package let remedy: String

  /// `what` may quote the file as it stands: what a terminal would take for a command is escaped
  /// here, and a long text is cut.
  package init(line: Int?, what: String, remedy: String) {
    self.line = line
    self.what = Self.printable(what)
    self.remedy = remedy
  }

  package func text(in file: String) -> String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(what); \(remedy)"
  }

  private static let maximumScalars = 400

  private static func printable(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < maximumScalars else { return result + "…" }
      if scalar.isControl {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Why a file is refused: everything that is wrong in it, so that it can be mended in one go.
package struct FileMistakes: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// All of them, in the order of their lines.
  package let mistakes: [FileMistake]

  /// More than these are only counted when printed.
  package static let maximumListed = 100

  package init(file: String, _ mistakes: [FileMistake]) {
    self.file = file
    self.mistakes = mistakes.enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
  }

  /// A line for each mistake.
  package var description: String {
    var lines = mistakes.prefix(Self.maximumListed).map { $0.text(in: file) }
    let rest = mistakes.count - lines.count
    if rest > 0 { lines.append("\(file): \(rest) more \(rest == 1 ? "mistake" : "mistakes")") }
    return lines.joined(separator: "\n")
  }
}

extension Unicode.Scalar {
  /// Whether it is one of Unicode's control characters (general category Cc).
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
