extension TextRenderer {
  /// Text as wide as the terminal allows, from the column `indent` on; `head` stands before its first
  /// line, in that space.
  package func paragraph(_ text: String, head: String = "", indent: Int = 0) -> String {
    let lines = TextWrap.lines(VisibleText.escaping(text), width: max(20, width - indent))
    let space = String(repeating: " ", count: indent)
    return (lines.isEmpty ? [""] : lines).enumerated().map { number, line in
      let start = number == 0 ? Self.padded(head, to: indent) : space
      return start + line + "\n"
    }.joined()
  }

  /// A row of cells, each as wide as its column; the numbers of `right` stand to the right.
  package func row(_ cells: [(text: String, width: Int, right: Bool)]) -> String {
    var line = ""
    for cell in cells {
      let text = DisplayWidth.cut(VisibleText.escaping(cell.text), to: cell.width)
      let space = String(repeating: " ", count: max(0, cell.width - DisplayWidth.of(text)))
      line += cell.right ? space + text : text + space
      line += "  "
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
  }
}
