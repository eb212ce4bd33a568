internal import LedgerStore
internal import StrictJSON
internal import Traffic
internal import Units

/// Takes the native format's usual lines into a batch without laying them out or making objects of
/// them.
///
/// What is not usual (an escape in a name, anything that is malformed or that ``NativeFormat`` would
/// reject) is left to ``JSONTape`` and ``NativeFormat``, which say the same of every line; tests hold
/// the two together.
struct NativeReader {
  /// Fields of the record, by their places in ``root``; the ten of attribution come first.
  private enum Field {
    static let v = 10, eventID = 11, requestID = 12, attempt = 13, ts = 14, trafficClass = 15
    static let primary = 16, action = 17, route = 18, outcome = 19, failure = 20, latency = 21
    static let usage = 22, cost = 23, revenue = 24, budget = 25, decision = 26
  }

  private var root = KeyTable([
    "tenant_id", "tenant_tier", "user_id", "application", "feature", "workflow", "assistant_id",
    "thread_id", "session_id", "environment", "v", "event_id", "request_id", "attempt", "ts",
    "traffic_class", "primary", "action", "route", "outcome", "failure", "latency_ms", "usage",
    "cost_usd", "revenue_usd", "budget", "decision",
  ])
  private var primary = KeyTable(["provider", "model", "group"])
  private var route = KeyTable(["provider", "model", "group"])
  private var failure = KeyTable(["kind", "http_status", "message"])
  private static let usageFields = 11
  private var usage = KeyTable([
    "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "cache_write_1h_tokens", "audio_input_tokens", "image_input_tokens",
    "audio_output_tokens", "image_output_tokens", "service_tier",
  ])
  private var budget = KeyTable(["limit_usd", "spent_usd", "prepaid_balance_usd"])
  private var decision = KeyTable(["step", "reason"])

  /// Of objects and arrays that no one reads.
  private var passedBy = JSONTape()
  private let classes = WordTable<TrafficClass>()
  private let actions = WordTable<Action>()
  private let outcomes = WordTable<Outcome>()
  private let earliest = NativeFormat.earliest?.milliseconds ?? 0
  private let latest = NativeFormat.latest?.milliseconds ?? 0

  /// Appends the line under the cursor; false if it is left to ``NativeFormat``, with nothing appended.
  mutating func append(
    _ cursor: JSONCursor, line: Int64, to builder: inout BatchBuilder
  ) -> Bool {
    var cursor = cursor
    var fields = NativeFields()
    guard read(&cursor, &fields), cursor.isAtEnd(), fields.areWhole else {
      forEachTable { $0.forget() }
      return false
    }
    forEachTable { $0.count() }
    builder.append(fields, cursor, line: line)
    return true
  }

  private mutating func read(_ cursor: inout JSONCursor, _ fields: inout NativeFields) -> Bool {
    var walk = KeyTable.Walk()
    while let field = root.next(&cursor, &walk) {
      // A null is the same as a field left out.
      if cursor.takeNull() { continue }
      guard field < Field.v else {
        guard take(field, &cursor, &fields) else { return false }
        continue
      }
      guard Self.takeName(&cursor, &fields.attribution[field]) else { return false }
      fields.attributionKeys[field] = TextKey.of(cursor.bytes(fields.attribution[field]).span)
    }
    return walk.isClosed
  }

  @inline(__always)
  private mutating func take(
    _ field: Int, _ cursor: inout JSONCursor, _ fields: inout NativeFields
  ) -> Bool {
    switch field {
    case Field.v: return cursor.takeCount() == 1
    case Field.eventID: return Self.takeName(&cursor, &fields.eventID)
    case Field.requestID: return Self.takeName(&cursor, &fields.requestID)
    case Field.attempt:
      fields.attempt = cursor.takeCount() ?? -1
      return fields.attempt >= 0
    case Field.ts:
      fields.startedAt = takeTime(&cursor)
      return fields.startedAt != nil
    case Field.trafficClass:
      fields.trafficClass = classes.take(&cursor)
      return fields.trafficClass != nil
    case Field.primary: return Self.takeRoute(&cursor, &primary, &fields.primary)
    case Field.action:
      fields.action = actions.take(&cursor)
      return fields.action != nil
    case Field.route: return Self.takeRoute(&cursor, &route, &fields.route)
    case Field.outcome:
      fields.outcome = outcomes.take(&cursor)
      return fields.outcome != nil
    case Field.failure: return takeFailure(&cursor, &fields)
    case Field.latency: return Self.takeCount(&cursor, &fields.latencyMilliseconds)
    case Field.usage: return takeUsage(&cursor, &fields.usage)
    case Field.cost: return Self.takeMoney(&cursor, &fields.reportedCost)
    case Field.revenue: return Self.takeMoney(&cursor, &fields.revenue)
    case Field.budget: return takeBudget(&cursor, &fields.budget)
    case Field.decision: return takeDecision(&cursor, &fields)
    default: return cursor.skipValue(within: 1, &passedBy)
    }
  }

  // MARK: objects

  private static func takeRoute(
    _ cursor: inout JSONCursor, _ keys: inout KeyTable, _ texts: inout NativeFields.RouteTexts
  ) -> Bool {
    var walk = KeyTable.Walk()
    while let key = keys.next(&cursor, &walk) {
      if cursor.takeNull() { continue }
      let isGood =
        switch key {
        case 0: takeName(&cursor, &texts.provider)
        case 1: takeName(&cursor, &texts.model)
        case 2: takeName(&cursor, &texts.group)
        default: cursor.skipScalar()
        }
      guard isGood else { return false }
    }
    return walk.isClosed
  }

  private mutating func takeFailure(
    _ cursor: inout JSONCursor, _ fields: inout NativeFields
  ) -> Bool {
    var walk = KeyTable.Walk()
    while let key = failure.next(&cursor, &walk) {
      if cursor.takeNull() { continue }
      switch key {
      case 0:
        guard let kind = cursor.takeString(), kind.count <= 512, !kind.hasEscapes else {
          return false
        }
        fields.failureKind = kind
      case 1:
        guard Self.takeCount(&cursor, &fields.httpStatus) else { return false }
      case 2:
        guard let message = cursor.takeString(), message.count <= 1_000 else { return false }
        fields.failureMessage = message
      default:
        guard cursor.skipScalar() else { return false }
      }
    }
    fields.hasFailure = walk.isClosed
    return walk.isClosed
  }

  private mutating func takeUsage(_ cursor: inout JSONCursor, _ result: inout Usage) -> Bool {
    var walk = KeyTable.Walk()
    while let key = usage.next(&cursor, &walk) {
      if cursor.takeNull() { continue }
      guard key < 5 else {
        // What few lines say of their tokens is left to `NativeFormat`.
        guard key >= Self.usageFields, cursor.skipScalar() else { return false }
        continue
      }
      guard let count = cursor.takeCount() else { return false }
      switch key {
      case 0: result.input = count
      case 1: result.cachedInput = count
      case 2: result.cacheWrite = count
      case 3: result.output = count
      default: result.reasoning = count
      }
    }
    return walk.isClosed
  }

  private mutating func takeBudget(
    _ cursor: inout JSONCursor, _ result: inout BudgetSnapshot
  ) -> Bool {
    var walk = KeyTable.Walk()
    while let key = budget.next(&cursor, &walk) {
      if cursor.takeNull() { continue }
      let isGood =
        switch key {
        case 0: Self.takeMoney(&cursor, &result.limit)
        case 1: Self.takeMoney(&cursor, &result.spent)
        case 2: Self.takeMoney(&cursor, &result.prepaidBalance)
        default: cursor.skipScalar()
        }
      guard isGood else { return false }
    }
    return walk.isClosed
  }

  private mutating func takeDecision(
    _ cursor: inout JSONCursor, _ fields: inout NativeFields
  ) -> Bool {
    var walk = KeyTable.Walk()
    while let key = decision.next(&cursor, &walk) {
      if cursor.takeNull() { continue }
      switch key {
      case 0:
        guard Self.takeCount(&cursor, &fields.decisionStep) else { return false }
      case 1:
        guard let reason = cursor.takeString(), reason.count <= 1_000, !reason.hasEscapes else {
          return false
        }
        fields.decisionReason = reason
      default:
        guard cursor.skipScalar() else { return false }
      }
    }
    return walk.isClosed
  }

  // MARK: values

  /// A name as ``FieldReader/name(_:_:)`` has it; an empty one is the same as one left out.
  @inline(__always)
  private static func takeName(
    _ cursor: inout JSONCursor, _ result: inout JSONCursor.Text
  ) -> Bool {
    guard let text = cursor.takeString(), text.count <= Name.maximumBytes else { return false }
    result = text
    return text.isPlain || isGoodName(cursor, text)
  }

  /// Control characters below a space cannot stand in a JSON string without an escape; DEL and C1 can.
  @inline(never)
  private static func isGoodName(_ cursor: JSONCursor, _ text: JSONCursor.Text) -> Bool {
    guard !text.hasEscapes else { return false }
    var last: UInt8 = 0
    for byte in cursor.bytes(text) {
      if byte == 0x7F || last == 0xC2 && byte < 0xA0 { return false }
      last = byte
    }
    return true
  }

  @inline(__always)
  private static func takeCount(_ cursor: inout JSONCursor, _ result: inout Int64?) -> Bool {
    result = cursor.takeCount()
    return result != nil
  }

  @inline(__always)
  private func takeTime(_ cursor: inout JSONCursor) -> Timestamp? {
    let time: Timestamp?
    if cursor.byte == UInt8(ascii: "\"") {
      guard let text = cursor.takeString(), text.isPlain else { return nil }
      time = Timestamp(rfc3339: cursor.bytes(text).span)
    } else {
      time = cursor.takeCount().map(Timestamp.init(milliseconds:))
    }
    guard let time, time.milliseconds >= earliest, time.milliseconds < latest else { return nil }
    return time
  }

  private static func takeMoney(_ cursor: inout JSONCursor, _ result: inout Money?) -> Bool {
    guard
      let text = cursor.byte == UInt8(ascii: "\"") ? cursor.takeString() : cursor.takeNumber(),
      text.isPlain, !text.isEmpty
    else { return false }
    let bytes = cursor.bytes(text)
    guard bytes[0] != UInt8(ascii: "-"), let money = try? Money(decimalUSD: bytes.span) else {
      return false
    }
    result = money
    return true
  }

  // MARK: fields that no one reads

  private mutating func forEachTable(_ body: (inout KeyTable) -> Void) {
    body(&root)
    body(&primary)
    body(&route)
    body(&failure)
    body(&usage)
    body(&budget)
    body(&decision)
  }

  /// Takes note of the unknown fields of a record that ``NativeFormat`` read, so that they are passed
  /// by from now on.
  mutating func learn(_ tape: JSONTape) {
    root.learn(from: tape, JSONTape.root)
    primary.learn(from: tape, tape.value("primary", in: JSONTape.root))
    route.learn(from: tape, tape.value("route", in: JSONTape.root))
    failure.learn(from: tape, tape.value("failure", in: JSONTape.root))
    usage.learn(from: tape, tape.value("usage", in: JSONTape.root))
    budget.learn(from: tape, tape.value("budget", in: JSONTape.root))
    decision.learn(from: tape, tape.value("decision", in: JSONTape.root))
  }

  /// Hands over how often which fields were met that no one reads.
  mutating func flushUnknown(into ignored: inout IgnoredFields) {
    root.flush("", into: &ignored)
    primary.flush("primary.", into: &ignored)
    route.flush("route.", into: &ignored)
    failure.flush("failure.", into: &ignored)
    usage.flush("usage.", into: &ignored)
    budget.flush("budget.", into: &ignored)
    decision.flush("decision.", into: &ignored)
  }
}

extension KeyTable {
  fileprivate mutating func learn(from tape: JSONTape, _ object: JSONTape.Index?) {
    guard let object, tape.kind(object) == .object else { return }
    tape.forEachMember(of: object) { key, _ in
      guard tape.plainRange(key) != nil else { return }
      tape.withRawBytes(key) { learn($0) }
    }
  }
}
