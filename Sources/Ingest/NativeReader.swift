internal import LedgerStore
internal import StrictJSON
internal import Traffic
internal import Units

/// Takes the native format's usual lines into a batch without making objects of them.
///
/// What is not plain (an escape in a name, anything that ``NativeFormat`` would reject) is left to
/// ``NativeFormat``, which says the same of every line; tests hold the two together.
struct NativeReader {
  /// Fields of the record, by their places in ``root``; the ten of attribution come first.
  private enum Field {
    static let v = 10, eventID = 11, requestID = 12, attempt = 13, ts = 14, trafficClass = 15
    static let primary = 16, action = 17, route = 18, outcome = 19, failure = 20, latency = 21
    static let usage = 22, cost = 23, revenue = 24, budget = 25, decision = 26
  }

  private var root = ObjectFields([
    "tenant_id", "tenant_tier", "user_id", "application", "feature", "workflow", "assistant_id",
    "thread_id", "session_id", "environment", "v", "event_id", "request_id", "attempt", "ts",
    "traffic_class", "primary", "action", "route", "outcome", "failure", "latency_ms", "usage",
    "cost_usd", "revenue_usd", "budget", "decision",
  ])
  private var primary = ObjectFields(["provider", "model", "group"])
  private var route = ObjectFields(["provider", "model", "group"])
  private var failure = ObjectFields(["kind", "http_status", "message"])
  private var usage = ObjectFields([
    "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "cache_write_1h_tokens", "audio_input_tokens", "image_input_tokens",
    "audio_output_tokens", "image_output_tokens", "service_tier",
  ])
  private var budget = ObjectFields(["limit_usd", "spent_usd", "prepaid_balance_usd"])
  private var decision = ObjectFields(["step", "reason"])
  private var unknown = UnknownFields()

  /// Finds the fields of a record, an object, and counts what is none of them.
  mutating func layOut(_ tape: JSONTape, _ ignored: inout IgnoredFields) {
    root.layOut(tape, JSONTape.root) { unknown.add(tape, $0, of: nil, &ignored) }
    let values = root.values
    func layOut(_ object: inout ObjectFields, _ field: Int, _ name: StaticString) {
      guard values[field] != JSONTape.root else { return object.clear() }
      object.layOut(tape, values[field]) { unknown.add(tape, $0, of: name, &ignored) }
    }
    layOut(&primary, Field.primary, "primary")
    layOut(&route, Field.route, "route")
    layOut(&failure, Field.failure, "failure")
    layOut(&usage, Field.usage, "usage")
    layOut(&budget, Field.budget, "budget")
    layOut(&decision, Field.decision, "decision")
  }

  mutating func flushUnknown(into ignored: inout IgnoredFields) { unknown.flush(into: &ignored) }

  /// Appends the record that was laid out last; false if it is left to ``NativeFormat``, with nothing
  /// appended.
  func append(_ tape: JSONTape, line: Int64, to builder: inout BatchBuilder) -> Bool {
    guard let event = event(tape, line) else { return false }
    builder.append(event, self, tape)
    return true
  }

  /// The event but for its texts and names, all of which are found good; nil for an unusual one.
  private func event(_ tape: JSONTape, _ line: Int64) -> EventBatch.Event? {
    let plain = PlainFields(tape: tape)
    let at = root.values
    guard plain.isInteger(at[Field.v], from: 1, to: 1) ?? true,
      plain.isName(at[Field.requestID], isNeeded: true), plain.isName(at[Field.eventID]),
      plain.isName(at[AttributionField.tenant.index], isNeeded: true),
      (1..<10).allSatisfy({ plain.isName(at[$0]) }),
      let index = plain.integer(at[Field.attempt]), (0...255).contains(index),
      let startedAt = time(tape, at[Field.ts]), isRoute(plain, at[Field.primary], primary)
    else { return nil }
    let none = EventBatch.Text(start: 0, count: 0)
    var event = EventBatch.Event(
      line: line, request: none, requestKey: 0, event: none, eventKey: 0, contentHash: SIMD2(),
      position: index, index: index, startedAt: startedAt)
    guard plain.word(at[Field.trafficClass], Self.classes, &event.trafficClass),
      plain.count(at[Field.latency], &event.latencyMilliseconds),
      isUsage(plain, at[Field.usage], &event.usage),
      plain.money(at[Field.cost], &event.reportedCost),
      plain.money(at[Field.revenue], &event.revenue),
      plain.isObject(at[Field.budget]), plain.isObject(at[Field.decision]),
      plain.money(budget.values[0], &event.budget.limit),
      plain.money(budget.values[1], &event.budget.spent),
      plain.money(budget.values[2], &event.budget.prepaidBalance),
      plain.count(decision.values[0], &event.decisionStep),
      plain.isText(decision.values[1], most: 1_000)
    else { return nil }
    var action: Action?
    guard plain.word(at[Field.action], Self.actions, &action) else { return nil }
    event.action = action ?? .model
    // Other actions have no route and no outcome; what is given is ignored.
    guard event.action == .model else { return event }
    guard isRoute(plain, at[Field.route], route),
      plain.word(at[Field.outcome], Self.outcomes, &event.outcome), let outcome = event.outcome
    else { return nil }
    if outcome == .failure {
      guard at[Field.failure] != JSONTape.root else { return nil }
      do throws(Rejection) {
        event.failure = try NativeFormat.failure(at[Field.failure], FieldReader(tape: tape))
      } catch {
        return nil
      }
    }
    return event
  }

  private static let classes = TrafficClass.allCases.map { (Array($0.rawValue.utf8), $0) }
  private static let actions = Action.allCases.map { (Array($0.rawValue.utf8), $0) }
  private static let outcomes = Outcome.allCases.map { (Array($0.rawValue.utf8), $0) }

  private func time(_ tape: JSONTape, _ value: Int) -> Timestamp? {
    guard value != JSONTape.root, tape.kind(value) == .string,
      let range = tape.plainRange(value),
      let time = Timestamp(rfc3339: tape.bytes.span.extracting(range)),
      let earliest = NativeFormat.earliest, let latest = NativeFormat.latest,
      time >= earliest, time < latest
    else { return nil }
    return time
  }

  private func isRoute(_ plain: PlainFields, _ value: Int, _ parts: ObjectFields) -> Bool {
    value != JSONTape.root && plain.isObject(value)
      && plain.isName(parts.values[0], isNeeded: true)
      && plain.isName(parts.values[1], isNeeded: true) && plain.isName(parts.values[2])
  }

  private func isUsage(_ plain: PlainFields, _ value: Int, _ result: inout Usage) -> Bool {
    let at = usage.values
    // What few lines say of their tokens is left to `NativeFormat`.
    guard plain.isObject(value), at[5...].allSatisfy({ $0 == JSONTape.root }),
      let input = plain.count(at[0]), let cached = plain.count(at[1]),
      let written = plain.count(at[2]), let output = plain.count(at[3]),
      let reasoning = plain.count(at[4])
    else { return false }
    result = Usage(
      input: input, cachedInput: cached, cacheWrite: written, output: output,
      reasoning: reasoning)
    let (part, overflow) = cached.addingReportingOverflow(written)
    return !overflow && part <= input
  }

  // MARK: texts and names, for the builder

  func name(_ field: AttributionField) -> Int { root.values[field.index] }
  var requestID: Int { root.values[Field.requestID] }
  var eventID: Int { root.values[Field.eventID] }
  var decisionReason: Int { decision.values[1] }
  var primaryParts: [Int] { primary.values }
  var routeParts: [Int] { route.values }
}

extension BatchBuilder {
  /// Appends an event whose texts and names are those of the record.
  fileprivate mutating func append(
    _ found: EventBatch.Event, _ fields: NativeReader, _ tape: JSONTape
  ) {
    var event = found
    let bytes = tape.bytes.span
    func range(_ value: Int) -> Range<Int>? {
      guard value != JSONTape.root, let range = tape.plainRange(value), !range.isEmpty else {
        return nil
      }
      return range
    }
    let request = range(fields.requestID) ?? 0..<0
    (event.request, event.requestKey) = keep(bytes.extracting(request))
    if let own = range(fields.eventID) {
      (event.event, event.eventKey) = keep(bytes.extracting(own))
    } else {
      scratch.removeAll(keepingCapacity: true)
      scratch.append(contentsOf: tape.bytes[request])
      scratch.append(contentsOf: "/\(event.position)".utf8)
      let own = scratch
      (event.event, event.eventKey) = keep(own.span)
    }

    // In the order of `ContentHash.of`.
    hash.add(bytes.extracting(request))
    hash.add(event.position)
    hash.add(event.index)
    hash.add(event.startedAt.milliseconds)
    for kind in 0..<EventBatch.decisionReasons {
      guard let name = range(fields.name(AttributionField.allCases[kind])) else {
        hash.addAbsent()
        continue
      }
      event.attribution[kind] = book.number(of: bytes.extracting(name), kind: kind, &batch)
      hash.add(bytes.extracting(name))
    }
    hash.add(event.trafficClass?.rawValue)
    event.primary = route(fields.primaryParts.map(range), tape)
    hash.add(event.action.rawValue)
    if event.action == .model {
      event.route = route(fields.routeParts.map(range), tape)
    } else {
      hash.addAbsent()
    }
    hash.add(event.outcome?.rawValue)
    hash.add(event.failure)
    hash.add(event.latencyMilliseconds)
    hash.add(event.usage)
    hash.add(event.reportedCost?.nanoUSD)
    hash.add(event.revenue?.nanoUSD)
    hash.add(event.budget)
    hash.add(event.decisionStep)
    if fields.decisionReason != JSONTape.root,
      let reason = tape.plainRange(fields.decisionReason)
    {
      let text = bytes.extracting(reason)
      event.decisionReason = book.number(of: text, kind: EventBatch.decisionReasons, &batch)
      hash.add(text)
    } else {
      hash.addAbsent()
    }
    event.contentHash = hash.finish()
    batch.events.append(event)
  }

  /// The number of a route by its provider, model and group, which are added to the hash.
  private mutating func route(_ parts: [Range<Int>?], _ tape: JSONTape) -> Int32 {
    scratch.removeAll(keepingCapacity: true)
    for part in parts {
      guard let part else {
        hash.addAbsent()
        continue
      }
      if !scratch.isEmpty { scratch.append(0) }
      scratch.append(contentsOf: tape.bytes[part])
      hash.add(tape.bytes.span.extracting(part))
    }
    let names = scratch
    return book.route(names.span, &batch)
  }
}
