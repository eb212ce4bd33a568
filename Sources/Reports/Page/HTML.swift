/// Markup. What is put into a literal is escaped unless it is markup itself, so a name out of a log
/// cannot become a tag: `"<td>\(name)</td>"`.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
  package private(set) var markup: String

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { markup += literal }
    package mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }
    package mutating func appendInterpolation(_ number: Int) { markup += String(number) }
    package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
    package mutating func appendInterpolation(_ parts: [HTML]) {
      for part in parts { markup += part.markup }
    }
    /// A length in pixels, to a tenth.
    package mutating func appendInterpolation(_ pixels: Double) {
      let tenths = Int((pixels * 10).rounded())
      let sign = tenths < 0 ? "-" : ""
      let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
      markup += rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
  }

  /// Of a text of the program, as it stands.
  init(markup: String) { self.markup = markup }

  package init(stringLiteral markup: String) { self.markup = markup }
  package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  package static func + (left: HTML, right: HTML) -> HTML { "\(left)\(right)" }
  package static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

  /// Text in an element or a quoted attribute; what cannot be seen is made visible first.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in VisibleText.escaping(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
