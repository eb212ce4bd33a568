/// Tables for a terminal: aligned, at most as wide as it, and harmless whatever a name holds.
package struct TextRenderer: Sendable {
  package let width: Int
  package let isColored: Bool

  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - isColored: whether ANSI styles may be used.
  package init(width: Int = 80, isColored: Bool = false) {
    self.width = max(width, 20)
    self.isColored = isColored
  }

  package func text(_ table: ReportTable) -> String { painted(lines(of: table, width: width)) }

  package func heading(_ title: String) -> String {
    painted(TextWrap.lines(VisibleText.escaping(title), width: width).map { TextLine($0, .title) })
  }

  /// The tables one below the other; those of one band beside each other where they fit.
  package func text(bands: [[ReportTable]]) -> String {
    let blocks = bands.map { band in band.map { lines(of: $0, width: width) } }
    // Where each place's blocks start is the same in every band.
    var widths: [Int] = []
    for band in blocks {
      for (place, block) in band.enumerated() {
        if place == widths.count { widths.append(0) }
        if band.count > 1 { widths[place] = block.reduce(widths[place]) { max($0, $1.width) } }
      }
    }
    return blocks.map { painted(beside($0, widths: widths)) }.joined(separator: "\n")
  }

  private func painted(_ lines: [TextLine]) -> String {
    lines.map { $0.painted(isColored: isColored) + "\n" }.joined()
  }

  private func beside(_ blocks: [[TextLine]], widths: [Int]) -> [TextLine] {
    let gap = 4
    guard blocks.count > 1, widths.reduce(0, +) + gap * (widths.count - 1) <= width else {
      return Array(blocks.joined(separator: [TextLine()]))
    }
    return (0..<(blocks.map(\.count).max() ?? 0)).map { row in
      var line = TextLine()
      var start = 0
      for (block, width) in zip(blocks, widths) {
        if row < block.count {
          line.pad(to: start)
          line.append(block[row])
        }
        start += width + gap
      }
      return line
    }
  }

  private func lines(of table: ReportTable, width: Int) -> [TextLine] {
    var lines = [TextLine(DisplayWidth.cut(VisibleText.escaping(table.title), to: width), .title)]
    guard !table.rows.isEmpty else {
      return lines + [TextLine("Nothing in this period.", .faint)] + notes(of: table, width)
    }
    let columns = table.columns.indices.map { TextColumn(table, $0) }
    let fit = ColumnFit(
      natural: columns.map(\.naturalWidth), isElastic: columns.map(\.isElastic), into: width)
    var kept: [(column: TextColumn, width: Int)] = []
    for (column, width) in zip(columns, fit.widths) {
      if let width { kept.append((column, width)) }
    }

    func line(_ style: TextLine.Style, _ text: (TextColumn) -> String) -> TextLine {
      var line = TextLine()
      var start = 0
      for (column, width) in kept {
        let cut = DisplayWidth.cut(text(column), to: width)
        defer { start += width + ColumnFit.gap }
        if cut.isEmpty { continue }
        line.pad(to: start + (column.isNumeric ? width - DisplayWidth.of(cut) : 0))
        line.append(cut, style)
      }
      return line
    }
    let headerHeight = kept.reduce(0) { max($0, $1.column.header.count) }
    for row in 0..<headerHeight {
      lines.append(
        line(.faint) { column in
          let index = row - headerHeight + column.header.count
          return index < 0 ? "" : column.header[index]
        })
    }
    let ruleWidth =
      kept.reduce(0) { $0 + $1.width } + ColumnFit.gap * max(0, kept.count - 1)
    let rule = TextLine(String(repeating: "─", count: ruleWidth), .faint)
    lines.append(rule)
    for index in table.rows.indices { lines.append(line(.plain) { $0.cells[index] }) }
    if table.total != nil {
      lines.append(rule)
      lines.append(line(.total) { $0.cells.last ?? "" })
    }
    let omitted = columns.dropFirst(kept.count).map(\.title)
    return lines + notes(of: table, omitted: omitted, width)
  }

  private func notes(
    of table: ReportTable, omitted: [String] = [], _ width: Int
  ) -> [TextLine] {
    var notes = table.notes
    if !omitted.isEmpty {
      notes.append(
        "Too narrow for: \(omitted.joined(separator: ", ")). --format csv has every column.")
    }
    return notes.flatMap { note in
      TextWrap.lines(VisibleText.escaping(note), width: width).map { TextLine($0, .faint) }
    }
  }
}

/// A column as texts.
private struct TextColumn {
  let title: String
  /// The title a word a line, and the unit.
  let header: [String]
  let cells: [String]
  let isNumeric: Bool
  /// Names may be cut, figures may not.
  let isElastic: Bool
  let naturalWidth: Int

  init(_ table: ReportTable, _ index: Int) {
    let column = table.columns[index]
    title = column.title
    isNumeric = column.isNumeric
    isElastic = column.kind == .text
    cells = table.readingTexts(of: index).map(VisibleText.escaping)
    let cellWidth = cells.reduce(0) { max($0, DisplayWidth.of($1)) }
    let title = VisibleText.escaping(column.title)
    let longestWord = title.split(separator: " ").reduce(0) {
      max($0, DisplayWidth.of(String($1)))
    }
    let wrapped = TextWrap.lines(title, width: max(cellWidth, longestWord))
    header = wrapped + (column.unit.map { [$0] } ?? [])
    naturalWidth = header.reduce(cellWidth) { max($0, DisplayWidth.of($1)) }
  }
}
