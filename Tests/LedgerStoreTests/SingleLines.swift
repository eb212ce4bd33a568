import Traffic

@testable import LedgerStore

extension LedgerWriter {
  /// Takes in one line, in a batch and with a book of its own.
  func admit(
    _ attempt: Attempt, contentHash: SIMD2<UInt64>, line: Int64, file: Int64
  ) throws -> Verdict {
    var batch = EventBatch()
    batch.hasNewBook = true
    func keep(_ name: Name) -> (EventBatch.Text, Int64) {
      let bytes = Array(name.text.utf8)
      defer { batch.texts += bytes }
      return (
        EventBatch.Text(start: batch.texts.count, count: bytes.count), TextKey.of(bytes.span)
      )
    }
    func number(_ name: Name, _ kind: Int) -> Int32 {
      let bytes = Array(name.text.utf8)
      batch.append(newName: bytes.span, kind: kind)
      return Int32(batch.newNames[kind].count)
    }
    func number(_ route: Route) -> Int32 {
      batch.newRoutes.append(route)
      return Int32(batch.newRoutes.count)
    }
    let (request, requestKey) = keep(attempt.requestID)
    let (event, eventKey) = keep(attempt.eventID)
    var entry = EventBatch.Event(
      line: line, request: request, requestKey: requestKey, event: event, eventKey: eventKey,
      contentHash: contentHash, position: attempt.position, index: attempt.index,
      startedAt: attempt.startedAt)
    for field in AttributionField.allCases {
      guard let name = attempt.attribution[field] else { continue }
      if let place = field.unboundedPlace {
        entry.unbounded[place] = keep(name).0.range
      } else {
        entry.attribution[field.index] = number(name, field.index)
      }
    }
    entry.trafficClass = attempt.trafficClass
    entry.primary = attempt.primary.map { number($0) } ?? 0
    entry.action = attempt.action
    entry.route = attempt.route.map { number($0) } ?? 0
    entry.pricedAs = attempt.pricedAs.map { number(Route(model: $0)) } ?? 0
    entry.outcome = attempt.outcome
    entry.failure = attempt.failure
    entry.latencyMilliseconds = attempt.latencyMilliseconds
    entry.usage = attempt.usage
    entry.reportedCost = attempt.reportedCost
    entry.revenue = attempt.revenue
    entry.budget = attempt.budget
    entry.decisionStep = attempt.decisionStep
    entry.decisionReason =
      attempt.decisionReason.map { number(Name($0), EventBatch.decisionReasons) } ?? 0
    batch.events.append(entry)
    try learn(batch)
    return try admit(0, of: batch, file: file)
  }
}
