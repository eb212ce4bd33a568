import Pricing
import Units

extension Summary {
  /// One row per group, or one of the totals where nothing groups them: the fields, then `columns`.
  ///
  /// `bar` is the place in `columns` of the one drawn as a bar, `ordered` all groups in the order to
  /// show (their own if left out). Groups past `limit` join into a last row.
  /// - Throws: ``ReportError`` if the rows do not add up to the totals.
  func table(
    title: String, columns: [MeasureColumn], bar: Int? = nil, of ordered: [Group]? = nil,
    limit: Int = .max, notes: [String] = []
  ) throws(ReportError) -> ReportTable {
    let ordered = ordered ?? groups
    var rows: [ReportTable.Row] = []
    for group in ordered.prefix(limit) {
      rows.append(
        group.key.map(ReportTable.Cell.optional(name:)) + (try Self.cells(columns, group)))
    }
    let heads =
      fields.map { ReportTable.Column($0.rawValue, $0.title, .text) }
      + columns.enumerated().map { $1.column(drawsBar: $0 == bar) }
    guard !fields.isEmpty else {
      let all = Group(key: [], measures: totals)
      return ReportTable(
        title: title, columns: heads, rows: [try Self.cells(columns, all)], notes: notes)
    }
    if ordered.count > limit {
      let others = ordered.dropFirst(limit)
      let label = ReportTable.Cell.label("\(ReadingText.count(Int64(others.count))) others")
      rows.append(
        [label] + fields.dropFirst().map { _ in .label("") }
          + (try Self.cells(columns, Self.together(others))))
    }
    let total = Group(key: [], measures: totals)
    return try ReportTable(title: title, columns: heads, rows: rows, notes: notes)
      .totalled(
        [.label("All")] + fields.dropFirst().map { _ in .label("") }
          + (try Self.cells(columns, total)))
  }

  private static func cells(
    _ columns: [MeasureColumn], _ group: Group
  ) throws(ReportError) -> ReportTable.Row {
    var cells: ReportTable.Row = []
    for column in columns { cells.append(try column.cell(group.measures)) }
    return cells
  }

  private static func together(_ groups: some Sequence<Group>) throws(ReportError) -> Group {
    var sum = Measures.zero
    for group in groups {
      do { sum = try sum.adding(group.measures) } catch {
        throw ReportError(what: error.what, remedy: error.remedy)
      }
    }
    return Group(key: [], measures: sum)
  }
}
