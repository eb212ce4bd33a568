package import Finance
package import GRDB
package import Pricing
internal import Traffic
package import Units

/// The summary measures as facts: by UTC day, tenant, workflow and the model that served.
package enum MarginFacts {
  package static let fields: [GroupField] = [.day, .tenant, .workflow, .servedBy]

  /// Of a period of days, by UTC month.
  package static func read(
    _ database: Database, from: UTCDay, to: UTCDay
  ) throws -> [UTCMonth: Facts] {
    let summary = try SummaryReader.read(
      database, Period(from: from.start, to: to.start), by: fields)
    var months: [UTCMonth: Facts] = [:]
    for group in summary.groups {
      guard let day = group.key[0].flatMap({ UTCDay($0) }) else { continue }
      let key = FactKey(group.key.map { Name($0 ?? "") })
      months[day.month, default: Facts()].add(amounts(group.measures), to: key)
    }
    return months
  }

  /// In the order of cli.md: counts, then money in nano-USD.
  private static func amounts(_ measures: Measures) -> Facts.Amounts {
    CountMeasure.allCases.map { Int128(measures[$0]) }
      + MoneyMeasure.allCases.map { Int128(measures[$0].nanoUSD) }
  }

  /// The sums over all rows of some facts.
  package static func totals(_ facts: Facts) -> Measures {
    let counts = CountMeasure.allCases.enumerated().map {
      ($1, Int64(clamping: facts.sum($0)))
    }
    let amounts = MoneyMeasure.allCases.enumerated().map {
      ($1, Money(nanoUSD: Int64(clamping: facts.sum(CountMeasure.allCases.count + $0))))
    }
    return Measures(
      counts: Dictionary(uniqueKeysWithValues: counts),
      amounts: Dictionary(uniqueKeysWithValues: amounts))
  }
}
