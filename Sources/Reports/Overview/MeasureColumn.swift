import Pricing
import Units

/// A column that can be told from a set's measures; reports pick theirs from these.
enum MeasureColumn {
  case count(CountMeasure)
  case money(MoneyMeasure)
  /// The part of the requests that a count is.
  case share(CountMeasure)
  /// The part of the cost that was wasted.
  case wastedShare
  case costPerRequest
  /// Actual less planned margin.
  case impact

  /// Every measure of cli.md, in its order.
  static let all: [MeasureColumn] =
    CountMeasure.allCases.map(MeasureColumn.count) + MoneyMeasure.allCases.map(MeasureColumn.money)

  func column(drawsBar: Bool = false) -> ReportTable.Column {
    switch self {
    case .count(let measure):
      .init(measure.rawValue, measure.title, .count, addsUp: true, drawsBar: drawsBar)
    case .money(let measure):
      .init(measure.rawValue, measure.title, .money, addsUp: true, drawsBar: drawsBar)
    case .share(let measure):
      .init(measure.rawValue + "_share", measure.title, .share, drawsBar: drawsBar)
    case .wastedShare: .init("wasted_share", "Wasted", .share, drawsBar: drawsBar)
    case .costPerRequest: .init("cost_per_request_usd", "Per request", .money, drawsBar: drawsBar)
    case .impact:
      .init("margin_impact_usd", "Margin impact", .money, addsUp: true, drawsBar: drawsBar)
    }
  }

  func cell(_ measures: Measures) throws(ReportError) -> ReportTable.Cell {
    switch self {
    case .count(let measure): .count(measures[measure])
    case .money(let measure): .money(measures[measure])
    case .share(let measure): .share(measures[measure], of: measures[.requests])
    case .wastedShare: .share(measures[.wasted], of: measures[.cost])
    case .costPerRequest: .money(measures[.cost], per: measures[.requests])
    case .impact: .money(try measures.impact())
    }
  }
}

extension Measures {
  /// Actual less planned margin.
  func impact() throws(ReportError) -> Money {
    do { return try fallbackImpact() } catch {
      throw ReportError(what: "the margin impact: \(error.what)", remedy: error.remedy)
    }
  }

  /// Requests that got no answer: failed or rejected.
  var unanswered: Int64 { self[.failed] + self[.rejected] }
}
