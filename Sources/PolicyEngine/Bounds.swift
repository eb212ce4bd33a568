public import Traffic

extension Policy {
  /// The most attempts that a request of the class can take between two times it is put off.
  public func maximumAttemptsInARow(in trafficClass: TrafficClass) -> Int {
    let paid = steps(of: trafficClass).count(where: \.isPaid)
    let (tries, overflow) = retries(in: trafficClass).addingReportingOverflow(1)
    let (product, productOverflow) = paid.multipliedReportingOverflow(by: tries)
    return overflow || productOverflow ? .max : product
  }

  /// The most attempts that a request of the class can take until it is settled or refused; nil where
  /// it has none: a queue, or pauses without `stop.retry_budget`, may put a request off for ever.
  public func maximumAttempts(in trafficClass: TrafficClass) -> Int? {
    let steps = steps(of: trafficClass)
    guard !steps.contains(where: { $0.work == .action(.queue) }) else { return nil }
    var pauses = 0
    if steps.contains(where: { $0.work == .action(.pause) }) {
      guard let budget = definition.classes[trafficClass]?.stop.retryBudget else { return nil }
      pauses = budget
    }
    // A row of attempts before each pause and after the last one, each ended by an action.
    let (rows, overflow) = pauses.addingReportingOverflow(1)
    let (row, rowOverflow) = maximumAttemptsInARow(in: trafficClass).addingReportingOverflow(1)
    let (product, productOverflow) = rows.multipliedReportingOverflow(by: row)
    return overflow || rowOverflow || productOverflow ? .max : product
  }

  private func retries(in trafficClass: TrafficClass) -> Int {
    definition.classes[trafficClass]?.retriesPerStep ?? 0
  }
}
