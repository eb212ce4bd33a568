import Units

extension ReportTable {
  /// The table for a page: a caption, headers with scope, names isolated from the text around them.
  package var html: HTML { html { _ in nil } }

  /// The table with what `content` gives in place of a cell's text.
  func html(_ content: (Cell) -> HTML?) -> HTML {
    guard !rows.isEmpty else {
      return "<p class=\"empty\"><strong>\(title)</strong>: nothing in this period.</p>\n"
    }
    let columns = columns.indices.map { PageColumn(self, $0) }
    let heads = columns.map { column -> HTML in
      let unit: HTML = column.unit.map { " <span class=\"unit\">\($0)</span>" } ?? ""
      let plain: HTML = column.isTrend ? " data-plain" : ""
      return "<th scope=\"col\"\(column.cellClass)\(plain)>\(column.title)\(unit)</th>"
    }
    let body = rows.indices.map { row -> HTML in
      "<tr>\(columns.enumerated().map { $1.cell(row, isHead: $0 == 0, content) })</tr>\n"
    }
    let foot: HTML =
      total == nil
      ? ""
      : "<tfoot><tr>\(columns.enumerated().map { $1.cell(rows.count, isHead: $0 == 0, content) })</tr></tfoot>\n"
    // A short table stays on one sheet of paper.
    let size: HTML = rows.count <= 14 ? " short" : ""
    return """
      <div class="table\(size)" role="region" aria-label="\(title)" tabindex="0">
      <table>
      <caption>\(title)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody>
      \(foot)</table>
      </div>
      \(notes.map { "<p class=\"note\">\($0)</p>\n" as HTML })
      """
  }
}

/// A column as a page shows it.
private struct PageColumn {
  let title: String
  let unit: String?
  let isNumeric: Bool
  let isTrend: Bool
  /// The total's is the last.
  private let cells: [ReportTable.Cell]
  private let rowCount: Int
  private let texts: [String]
  /// Of the rows; nil where no bars are drawn.
  private let largest: UInt64?
  private static let longestName = 56

  init(_ table: ReportTable, _ index: Int) {
    let column = table.columns[index]
    title = column.title
    unit = column.unit
    isNumeric = column.isNumeric
    isTrend = column.kind == .trend
    cells = table.cells(of: index)
    rowCount = table.rows.count
    // A true minus sign is as wide as a digit.
    texts = table.readingTexts(of: index).map {
      column.isNumeric ? $0.replacing("-", with: "−") : $0
    }
    largest =
      column.drawsBar
      ? table.rows.reduce(into: 0) { $0 = max($0, $1[index].magnitude) } : nil
  }

  var cellClass: HTML { isNumeric ? " class=\"number\"" : "" }

  func cell(_ row: Int, isHead: Bool, _ content: (ReportTable.Cell) -> HTML?) -> HTML {
    let content = content(cells[row]) ?? text(row)
    if isHead { return "<th scope=\"row\">\(content)</th>" }
    guard let largest, largest > 0, row < rowCount else {
      return "<td\(cellClass)\(value(row))>\(content)</td>"
    }
    let magnitude = cells[row].magnitude
    let tenths = Int(UInt128(magnitude) * 1000 / UInt128(largest))
    let tone: HTML = cells[row].isNegative ? " negative" : ""
    return """
      <td class="number bar\(tone)"\(value(row)) style="--bar:\(Double(tenths) / 10)%">\(content)</td>
      """
  }

  /// What a number sorts by, exact.
  private func value(_ row: Int) -> HTML {
    guard isNumeric, row < rowCount, let number = cells[row].number else { return "" }
    return " data-v=\"\(Int(number))\""
  }

  private func text(_ row: Int) -> HTML {
    switch cells[row] {
    case .none: "<span class=\"none\" title=\"none\">\(texts[row])</span>"
    case .name(let name): Self.name(name)
    case .label, .count, .money, .share, .day, .change: "\(texts[row])"
    case .trend(let amounts): Sparkline(amounts: amounts).html
    }
  }

  private static func name(_ name: String) -> HTML {
    let visible = VisibleText.escaping(name)
    let cut = DisplayWidth.cut(visible, to: longestName)
    let whole: HTML = cut == visible ? "" : " title=\"\(visible)\""
    return "<bdi\(whole)>\(breakable(cut))</bdi>"
  }

  /// A name may break where its parts meet, and elsewhere only if it must.
  private static func breakable(_ name: String) -> HTML {
    var html: HTML = ""
    var part = ""
    for character in name {
      part.append(character)
      if "/_-.:".contains(character) {
        html += "\(part)<wbr>"
        part = ""
      }
    }
    return html + "\(part)"
  }
}

extension ReportTable.Cell {
  /// Of a number, in its smallest unit.
  fileprivate var number: Int64? {
    switch self {
    case .count(let count): count
    case .money(let money): money.nanoUSD
    case .share(let basisPoints), .change(let basisPoints): basisPoints
    case .none, .label, .name, .day, .trend: nil
    }
  }

  fileprivate var magnitude: UInt64 {
    switch self {
    case .count(let count): count.magnitude
    case .money(let money): money.nanoUSD.magnitude
    case .share(let basisPoints): basisPoints.magnitude
    case .none, .label, .name, .day, .change, .trend: 0
    }
  }

  fileprivate var isNegative: Bool { amount < 0 }
}
