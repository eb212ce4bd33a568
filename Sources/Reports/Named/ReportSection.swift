/// A question and its answer: what a named report prints, and a part of the nightly page.
package struct ReportSection: Sendable {
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
  /// A sentence or two on how to read it.
  package let lead: String
  package let blocks: [Block]
  /// Every row and measure, exact.
  package let data: ReportTable
  /// What of the answer a reader must know, beside what holds for every report: a sentence each.
  package var notes: [String] = []
}

extension [ReportSection.Block] {
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
