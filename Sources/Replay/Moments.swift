package import Pricing
import Traffic

/// The summary measures, in one row: counts first, then amounts.
package enum MeasureRow {
  package static let counts = CountMeasure.allCases
  package static let amounts = MoneyMeasure.allCases
  package static let width = 29

  static func place(_ measure: CountMeasure) -> Int { countPlaces[measure] ?? 0 }
  static func place(_ measure: MoneyMeasure) -> Int { 18 + (moneyPlaces[measure] ?? 0) }

  private static let countPlaces = Dictionary(
    uniqueKeysWithValues: counts.enumerated().map { ($1, $0) })
  private static let moneyPlaces = Dictionary(
    uniqueKeysWithValues: amounts.enumerated().map { ($1, $0) })
}

/// First and second moments of what one request adds to each measure, over the ways it may have gone.
struct Moments {
  private(set) var first = InlineArray<29, Double>(repeating: 0)
  private(set) var second = InlineArray<29, Double>(repeating: 0)
  private(set) var isEmpty = true

  mutating func add(_ leaf: Leaf, revenue: Double) {
    isEmpty = false
    let weight = leaf.way.weight
    let row = leaf.row(revenue: revenue)
    for index in 0..<29 {
      first[index] += weight * row[index]
      second[index] += weight * row[index] * row[index]
    }
    // Nobody knows the tokens of a call that was not made; cost and what is made of it vary with them.
    let spread = weight * leaf.way.costVariance
    for index in [18, 20, 28] { second[index] += spread }
  }

  func variance(_ index: Int) -> Double { max(0, second[index] - first[index] * first[index]) }
}

extension MeasureRow {
  package static let zeros = Array(repeating: 0.0, count: width)

  /// Counts of requests: none is more than there are.
  package static func isOfRequests(_ place: Int) -> Bool { place < 9 || (12...14).contains(place) }

  /// Costs and revenue.
  package static func isNeverNegative(_ place: Int) -> Bool {
    place < 18 || (18...21).contains(place)
  }
}

extension Leaf {
  /// What this end adds to each measure.
  func row(revenue: Double) -> InlineArray<29, Double> {
    let cost = way.cost.value
    let serving = serving?.cost.value ?? 0
    let planned = planned?.value ?? 0
    let isServed = status.isServed
    let hasFailed = status == .failed || status == .rejected
    var row = InlineArray<29, Double>(repeating: 0)
    row[0] = 1
    row[1] = isServed ? 1 : 0
    row[2 + status.place] = 1
    row[9] = Double(way.attempts)
    row[10] = Double(way.failedAttempts)
    row[11] = Double(way.unpricedAttempts)
    row[12] = isDowngraded ? 1 : 0
    row[13] = isUngraded ? 1 : 0
    row[15] = way.input.value
    row[16] = way.cachedInput.value
    row[17] = way.output.value
    row[18] = cost
    row[19] = cost - serving
    row[20] = planned
    row[21] = isServed ? revenue : 0
    row[22] = revenue - planned
    row[23] = hasFailed ? -revenue : 0
    row[24] = status == .deferred ? -revenue : 0
    row[25] = serving - cost
    row[26] = self.serving == nil ? 0 : planned - serving
    row[28] = row[21] - cost
    return row
  }

  /// By how much the measures would differ, squared, had the first call not failed.
  func flipped(revenue: Double) -> InlineArray<29, Double> {
    var way = Way()
    let amount = planned ?? serving?.cost ?? Spend()
    way.cost = amount
    way.attempts = 1
    way.input = self.way.input
    way.cachedInput = self.way.cachedInput
    way.output = self.way.output
    var other = Leaf(
      way: way, status: .servedPrimary,
      serving: Serving(route: 0, cost: amount.value, tokens: Tokens()))
    other.planned = amount
    let (one, two) = (row(revenue: revenue), other.row(revenue: revenue))
    var squares = InlineArray<29, Double>(repeating: 0)
    for index in 0..<29 { squares[index] = (one[index] - two[index]) * (one[index] - two[index]) }
    return squares
  }
}
