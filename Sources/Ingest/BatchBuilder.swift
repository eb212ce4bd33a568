internal import LedgerStore
internal import StrictJSON
internal import Traffic
internal import Units

/// Puts attempts into batches for the ledger's writer.
struct BatchBuilder {
  var batch = EventBatch()
  var book = NameBook()
  var hash = ContentHash()
  var scratch: [UInt8] = []

  /// The batch so far; the next one goes on with the same book.
  mutating func take() -> EventBatch {
    var next = EventBatch()
    // Most batches are of one size.
    next.events.reserveCapacity(batch.events.count)
    next.texts.reserveCapacity(batch.texts.count)
    if book.isFull {
      book = NameBook()
      next.hasNewBook = true
    }
    swap(&next, &batch)
    return next
  }

  mutating func append(_ entry: LogEntry, line: Int64) {
    switch entry.content {
    case .attempt(let attempt): append(attempt, line: line)
    case .context(let context): append(context, line: line)
    }
  }

  private mutating func append(_ context: RequestContext, line: Int64) {
    let request = keep(context.requestID.text)
    let eventID = keep(context.eventID.text)
    var event = EventBatch.Event(
      line: line, request: request.text, requestKey: request.key, event: eventID.text,
      eventKey: eventID.key, contentHash: hash.of(context), position: 0, index: nil,
      startedAt: context.startedAt)
    event.kind = .context(parent: context.parentID.map { keep($0.text).text })
    for field in AttributionField.allCases {
      guard let name = context.attribution[field] else { continue }
      add(name, field, to: &event)
    }
    batch.events.append(event)
  }

  mutating func append(_ attempt: Attempt, line: Int64) {
    let request = keep(attempt.requestID.text)
    let eventID = keep(attempt.eventID.text)
    var event = EventBatch.Event(
      line: line, request: request.text, requestKey: request.key, event: eventID.text,
      eventKey: eventID.key, contentHash: hash.of(attempt), position: attempt.position,
      index: attempt.index, startedAt: attempt.startedAt)
    for field in AttributionField.allCases {
      guard let name = attempt.attribution[field] else { continue }
      add(name, field, to: &event)
    }
    event.trafficClass = attempt.trafficClass
    event.primary = attempt.primary.map { number(of: $0) } ?? 0
    event.action = attempt.action
    event.route = attempt.route.map { number(of: $0) } ?? 0
    event.pricedAs = attempt.pricedAs.map { number(of: Route(model: $0)) } ?? 0
    event.outcome = attempt.outcome
    event.failure = attempt.failure
    // Whatever the format: what a row holds has an end.
    if let word = attempt.failure?.word { event.failure?.word = word.cut(at: 512) }
    event.latencyMilliseconds = attempt.latencyMilliseconds
    event.usage = attempt.usage
    event.reportedCost = attempt.reportedCost
    event.revenue = attempt.revenue
    event.budget = attempt.budget
    event.decisionStep = attempt.decisionStep
    event.decisionReason =
      attempt.decisionReason.map { number(of: $0, kind: EventBatch.decisionReasons) } ?? 0
    event.isRetry = attempt.isRetry
    event.answeredAs = attempt.answeredAs.map { number(of: Route(model: $0)) } ?? 0
    if attempt.sharesContext { event.kind = .attempt(sharesContext: true) }
    batch.events.append(event)
  }

  /// Keeps a text that differs from line to line.
  mutating func keep(_ text: Span<UInt8>) -> (text: EventBatch.Text, key: Int64) {
    (keep(text: text), TextKey.of(text))
  }

  mutating func keep(text: Span<UInt8>) -> EventBatch.Text {
    let start = batch.texts.count
    text.withUnsafeBufferPointer { batch.texts.append(contentsOf: $0) }
    return EventBatch.Text(start: start, count: text.count)
  }

  private mutating func keep(_ text: String) -> (text: EventBatch.Text, key: Int64) {
    var text = text
    return text.withUTF8 { keep($0.span) }
  }

  private mutating func add(
    _ name: Name, _ field: AttributionField, to event: inout EventBatch.Event
  ) {
    if let place = field.unboundedPlace {
      var text = name.text
      event.unbounded[place] = text.withUTF8 { keep(text: $0.span) }.range
    } else {
      event.attribution[field.index] = number(of: name.text, kind: field.index)
    }
  }

  private mutating func number(of name: String, kind: Int) -> Int32 {
    var name = name
    return name.withUTF8 {
      book.number(of: $0.span, key: TextKey.of($0.span), kind: kind, &batch)
    }
  }

  private mutating func number(of route: Route) -> Int32 {
    book.route(route.joinedNames.span, &batch).number
  }
}
