/// A question of the nightly report and its answer: part of the page, and a CSV of its own.
package struct NightlySection: Sendable {
  /// What a section shows, in its order.
  package enum Block: Sendable {
    case table(ReportTable)
    case chart(any Chart)
    /// Next to each other where the page is wide enough.
    case beside([Block])
    /// Folded away until asked for.
    case folded(ReportTable)
  }

  /// Names its CSV and its place on the page: `workflow-cost`.
  package let name: String
  package let title: String
  /// A sentence on how to read it.
  package let lead: String
  package let blocks: [Block]
  /// Every row and measure, exact.
  package let data: ReportTable
}

extension [NightlySection.Block] {
  /// The tables in the order in which they are shown.
  var tables: [ReportTable] {
    flatMap { block -> [ReportTable] in
      switch block {
      case .table(let table), .folded(let table): [table]
      case .chart: []
      case .beside(let blocks): blocks.tables
      }
    }
  }
}
