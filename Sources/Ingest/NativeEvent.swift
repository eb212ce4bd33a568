internal import Glibc
internal import LedgerStore
internal import StrictJSON
internal import Traffic
internal import Units

extension BatchBuilder {
  /// Appends an event of which a native line, under the cursor, says all that it must; the fields are
  /// good and whole.
  mutating func append(_ fields: NativeFields, _ cursor: JSONCursor, line: Int64) {
    let request = keep(cursor.bytes(fields.requestID).span)
    let own = eventID(fields, cursor)
    var event = EventBatch.Event(
      line: line, request: request.text, requestKey: request.key, event: own.text,
      eventKey: own.key, contentHash: SIMD2(), position: fields.attempt, index: fields.attempt,
      startedAt: fields.startedAt ?? Timestamp(milliseconds: 0))

    // In the order of `ContentHash.of`.
    hash.add(request.key)
    hash.add(fields.attempt)
    hash.add(fields.attempt)
    hash.add(event.startedAt.milliseconds)
    for kind in 0..<EventBatch.decisionReasons {
      let text = fields.attribution[kind]
      guard !text.isEmpty else {
        hash.addAbsent()
        continue
      }
      let key = fields.attributionKeys[kind]
      if let place = Self.unboundedPlaces[kind] {
        event.unbounded[place] = keep(text: cursor.bytes(text).span).range
      } else {
        event.attribution[kind] = book.number(
          of: cursor.bytes(text).span, key: key, kind: kind, &batch)
      }
      hash.add(key)
    }
    event.trafficClass = fields.trafficClass?.word
    hash.add(fields.trafficClass?.key)
    let primary = number(of: fields.primary, cursor)
    event.primary = primary.number
    hash.add(primary.key)
    event.action = fields.action?.word ?? .model
    hash.add(fields.action?.key ?? Self.modelKey)
    addRoute(fields, cursor, primary, to: &event)
    hash.add(event.failure)
    event.latencyMilliseconds = fields.latencyMilliseconds
    hash.add(event.latencyMilliseconds)
    event.usage = fields.usage
    hash.add(event.usage)
    event.reportedCost = fields.reportedCost
    hash.add(event.reportedCost?.nanoUSD)
    event.revenue = fields.revenue
    hash.add(event.revenue?.nanoUSD)
    event.budget = fields.budget
    hash.add(event.budget)
    event.decisionStep = fields.decisionStep
    hash.add(event.decisionStep)
    if let reason = fields.decisionReason {
      let text = cursor.bytes(reason).span
      let key = TextKey.of(text)
      event.decisionReason = book.number(
        of: text, key: key, kind: EventBatch.decisionReasons, &batch)
      hash.add(key)
    } else {
      hash.addAbsent()
    }
    event.contentHash = hash.finish()
    batch.events.append(event)
  }

  /// By ``AttributionField/index``.
  private static let unboundedPlaces = AttributionField.allCases.map(\.unboundedPlace)

  private static let modelKey = TextKey.of(Array(Action.model.rawValue.utf8).span)

  private mutating func eventID(
    _ fields: NativeFields, _ cursor: JSONCursor
  ) -> (text: EventBatch.Text, key: Int64) {
    guard fields.eventID.isEmpty else { return keep(cursor.bytes(fields.eventID).span) }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: cursor.bytes(fields.requestID))
    scratch.append(contentsOf: "/\(fields.attempt)".utf8)
    let own = scratch
    return keep(own.span)
  }

  /// Route, outcome and failure of a call of a model; other actions have none of them.
  private mutating func addRoute(
    _ fields: NativeFields, _ cursor: JSONCursor, _ primary: (number: Int32, key: Int64),
    to event: inout EventBatch.Event
  ) {
    guard fields.isModel else {
      hash.addAbsent()
      hash.addAbsent()
      return
    }
    let route =
      fields.route.isSame(as: fields.primary, cursor)
      ? primary : number(of: fields.route, cursor)
    event.route = route.number
    hash.add(route.key)
    event.outcome = fields.outcome?.word
    hash.add(fields.outcome?.key)
    if fields.isFailure { event.failure = fields.failure(cursor) }
  }

  private mutating func number(
    of route: NativeFields.RouteTexts, _ cursor: JSONCursor
  ) -> (number: Int32, key: Int64) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: cursor.bytes(route.provider))
    scratch.append(0)
    scratch.append(contentsOf: cursor.bytes(route.model))
    if !route.group.isEmpty {
      scratch.append(0)
      scratch.append(contentsOf: cursor.bytes(route.group))
    }
    let names = scratch
    return book.route(names.span, &batch)
  }
}

extension NativeFields {
  /// As ``NativeFormat`` makes it.
  fileprivate func failure(_ cursor: JSONCursor) -> Failure {
    let message = failureMessage.map { cursor.string($0) }
    guard !failureKind.isEmpty else {
      return Failure(
        kind: httpStatus.map(FailureKind.init(httpStatus:)) ?? .unknown, httpStatus: httpStatus,
        message: message)
    }
    let word = cursor.string(failureKind)
    let kind = FailureKind(rawValue: word)
    return Failure(
      kind: kind ?? .unknown, word: kind == nil ? word : nil, httpStatus: httpStatus,
      message: message)
  }
}

extension NativeFields.RouteTexts {
  /// Whether both are written alike.
  fileprivate func isSame(as other: Self, _ cursor: JSONCursor) -> Bool {
    func isSame(_ text: JSONCursor.Text, _ other: JSONCursor.Text) -> Bool {
      guard text.count == other.count else { return false }
      let (left, right) = (cursor.bytes(text), cursor.bytes(other))
      guard let start = left.baseAddress, let otherStart = right.baseAddress else { return true }
      return memcmp(start, otherStart, left.count) == 0
    }
    return isSame(provider, other.provider) && isSame(model, other.model)
      && isSame(group, other.group)
  }
}
