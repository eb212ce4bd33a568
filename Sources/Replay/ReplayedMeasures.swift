package import Pricing

/// The summary measures of a replay; what nothing was estimated for is exact.
package struct ReplayedMeasures: Hashable, Sendable {
  /// In the order of ``MeasureRow``.
  package private(set) var row: [Expected]

  init(_ tally: Tally) {
    let served =
      tally[.servedPrimary] + tally[.servedFallback] + tally[.servedCached]
      + tally[.servedDefault]
    let requests = served + tally[.deferred] + tally[.rejected] + tally[.failed]
    let planned = tally[.plannedServed] + tally[.plannedUnserved]
    let wasted = tally[.cost] - tally[.servingCost]
    let lost = tally[.revenueLost]
    let deferred = tally[.revenueDeferred]
    let revenue = tally[.revenueServed]
    row = [
      requests, served, tally[.servedPrimary], tally[.servedFallback], tally[.servedCached],
      tally[.servedDefault], tally[.deferred], tally[.rejected], tally[.failed],
      tally[.attempts], tally[.failedAttempts], tally[.unpricedAttempts], tally[.downgraded],
      tally[.ungraded], tally[.unplanned], tally[.inputTokens], tally[.cachedInputTokens],
      tally[.outputTokens],
      tally[.cost], wasted, planned, revenue, revenue + lost + deferred - planned, -lost,
      -deferred, -wasted, tally[.plannedServed] - tally[.servingCost], tally[.plannedUnserved],
      revenue - tally[.cost],
    ]
  }

  package subscript(measure: CountMeasure) -> Expected { row[MeasureRow.place(measure)] }
  package subscript(measure: MoneyMeasure) -> Expected { row[MeasureRow.place(measure)] }
}
