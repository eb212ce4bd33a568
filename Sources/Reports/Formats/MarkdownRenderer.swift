/// A table as GitHub-flavoured Markdown, aligned so that it also reads as plain text.
package enum MarkdownRenderer {
  /// The title is a heading of `level`; of 0, it is left out.
  package static func text(_ table: ReportTable, level: Int = 2) -> String {
    var text = level > 0 ? heading(table.title, level: level) : ""
    if table.rows.isEmpty {
      text += "Nothing in this period.\n"
    } else {
      text += grid(table)
    }
    for note in table.notes { text += "\n" + escaped(note) + "\n" }
    return text
  }

  package static func heading(_ title: String, level: Int) -> String {
    String(repeating: "#", count: level) + " " + escaped(title) + "\n\n"
  }

  private static func grid(_ table: ReportTable) -> String {
    var columns: [[String]] = []
    for (index, column) in table.columns.enumerated() {
      var cells = table.readingTexts(of: index).map(escaped)
      if table.total != nil, let last = cells.popLast() {
        cells.append(last == ReadingText.none || last.isEmpty ? "" : "**\(last)**")
      }
      let title = escaped(column.title) + (column.unit.map { ", \($0)" } ?? "")
      columns.append([title] + cells)
    }
    // One endless name need not push every other line aside.
    let widths = columns.map { cells in
      cells.reduce(3) { min(max($0, DisplayWidth.of($1)), 40) }
    }

    func line(_ index: Int) -> String {
      var line = "|"
      for (column, cells) in columns.enumerated() {
        let fill = String(
          repeating: " ", count: max(0, widths[column] - DisplayWidth.of(cells[index])))
        let cell = table.columns[column].isNumeric ? fill + cells[index] : cells[index] + fill
        line += " \(cell) |"
      }
      return line + "\n"
    }
    var text = line(0) + "|"
    for (column, width) in zip(table.columns, widths) {
      text +=
        column.isNumeric
        ? " " + String(repeating: "-", count: width - 1) + ": |"
        : " " + String(repeating: "-", count: width) + " |"
    }
    text += "\n"
    for index in 1...(table.rows.count + (table.total == nil ? 0 : 1)) { text += line(index) }
    return text
  }

  /// The text as itself: no markup, link, mention or second line comes of it.
  package static func escaped(_ text: String) -> String {
    let scalars = Array(VisibleText.escaping(text).unicodeScalars)
    func isWord(_ index: Int) -> Bool {
      scalars.indices.contains(index) && scalars[index].properties.isAlphabetic
        || scalars.indices.contains(index) && scalars[index].properties.numericType != nil
    }
    var escaped = ""
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\\", "`", "*", "[", "]", "|", "~", "$": escaped += "\\\(scalar)"
      case "#" where index == 0: escaped += "\\#"
      // Inside a word an underscore is plain, and many names have some.
      case "_" where !(isWord(index - 1) && isWord(index + 1)): escaped += "\\_"
      // An empty comment keeps GitHub from calling people and from linking.
      case "@" where !isWord(index - 1): escaped += "@<!-- -->"
      case ":" where index + 1 < scalars.count && scalars[index + 1] == "/":
        escaped += ":<!-- -->"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
