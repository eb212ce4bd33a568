internal import StrictJSON

/// Takes OTLP's JSON apart: `resourceSpans` / `scopeSpans` / `spans`, where attributes are lists of
/// keys and typed values, into one flat object a span:
///
///     {"traceId": …, "spanId": …, "parentSpanId": …, "kind": 3, "status": 2, "start": "…",
///      "end": "…", "exception": "…", "attributes": {…}, "resource": {…}}
///
/// Spans that neither call a model nor stand above one that does (a query of a database, a call over
/// HTTP below a model's) are left out.
struct OTelSpans {
  private let record: JSONTape
  private var text = JSONText()

  static func entries(of record: JSONTape) -> [[UInt8]]? {
    guard let resources = record.value("resourceSpans", in: JSONTape.root),
      record.kind(resources) == .array
    else { return nil }
    var spans = OTelSpans(record: record)
    var entries: [[UInt8]] = []
    record.forEachElement(of: resources) { resource in
      let attributes = record.value(
        "attributes", in: record.value("resource", in: resource))
      for list in ["scopeSpans", "instrumentationLibrarySpans"] as [StaticString] {
        spans.forEach(list, of: resource) { scope in
          spans.forEach("spans", of: scope) { span in
            guard spans.mayMatter(span) else { return }
            entries.append(spans.entry(of: span, resource: attributes))
          }
        }
      }
    }
    return entries
  }

  private init(record: JSONTape) { self.record = record }

  private func forEach(
    _ key: StaticString, of object: JSONTape.Index, _ body: (JSONTape.Index) -> Void
  ) {
    guard let list = record.value(key, in: object), record.kind(list) == .array else { return }
    record.forEachElement(of: list) { if record.kind($0) == .object { body($0) } }
  }

  /// A client's or producer's span matters if it speaks of a model; others may stand above one.
  private func mayMatter(_ span: JSONTape.Index) -> Bool {
    switch OTelKind(record, record.value("kind", in: span)) {
    case .server, .consumer, .inside: return true
    case .client, .producer:
      var speaksOfModel = false
      forEach("attributes", of: span) { attribute in
        guard let key = record.value("key", in: attribute) else { return }
        if record.isText(key, "gen_ai.request.model") || record.isText(key, "gen_ai.response.model")
          || record.isText(key, "gen_ai.operation.name")
        {
          speaksOfModel = true
        }
      }
      return speaksOfModel
    }
  }

  private mutating func entry(
    of span: JSONTape.Index, resource: JSONTape.Index?
  ) -> [UInt8] {
    text.removeAll()
    text.open()
    for key in ["traceId", "spanId", "parentSpanId", "kind"] as [StaticString] {
      add(key, record.value(key, in: span))
    }
    add("start", record.value("startTimeUnixNano", in: span))
    add("end", record.value("endTimeUnixNano", in: span))
    add("status", record.value("code", in: record.value("status", in: span)))
    add("exception", exceptionType(of: span))
    text.key("attributes")
    add(attributes: record.value("attributes", in: span))
    text.key("resource")
    add(attributes: resource)
    text.close()
    return text.bytes
  }

  private mutating func add(_ key: StaticString, _ value: JSONTape.Index?) {
    guard let value else { return }
    text.key(key)
    text.value(record.source(value))
  }

  /// The type of the last exception among the span's events; its message may quote a prompt.
  private func exceptionType(of span: JSONTape.Index) -> JSONTape.Index? {
    var found: JSONTape.Index?
    forEach("events", of: span) { event in
      forEach("attributes", of: event) { attribute in
        guard let key = record.value("key", in: attribute),
          record.isText(key, "exception.type"),
          let value = record.value("stringValue", in: record.value("value", in: attribute))
        else { return }
        found = value
      }
    }
    return found
  }

  /// A list of `{"key": …, "value": {"stringValue": …}}` as an object. 64-bit integers, which OTLP
  /// writes as strings, become numbers; lists and byte strings are left out.
  private mutating func add(attributes: JSONTape.Index?) {
    text.open()
    if let attributes, record.kind(attributes) == .array {
      record.forEachElement(of: attributes) { attribute in
        guard let key = record.value("key", in: attribute), record.kind(key) == .string,
          let value = record.value("value", in: attribute)
        else { return }
        add(record.source(key), value)
      }
    }
    text.close()
  }

  private mutating func add(_ key: ArraySlice<UInt8>, _ value: JSONTape.Index) {
    if let string = record.value("stringValue", in: value), record.kind(string) == .string {
      text.key(source: key)
      if let packed = PythonLiteral.json(of: record.text(string)) {
        text.value(packed)
      } else {
        text.value(record.source(string))
      }
    } else if let number = record.value("intValue", in: value) {
      guard let digits = wholeNumber(number) else { return }
      text.key(source: key)
      text.value(digits)
    } else if let number = record.value("doubleValue", in: value), record.kind(number) == .number {
      text.key(source: key)
      text.value(record.source(number))
    } else if let truth = record.value("boolValue", in: value) {
      text.key(source: key)
      text.value(record.source(truth))
    }
  }

  /// Digits as JSON writes a number; what else stands in the string is kept as text.
  private func wholeNumber(_ value: JSONTape.Index) -> [UInt8]? {
    switch record.kind(value) {
    case .number: return Array(record.source(value))
    case .string:
      let text = record.text(value)
      return Int64(text).map { Array("\($0)".utf8) } ?? Array(record.source(value))
    case .object, .array, .true, .false, .null: return nil
    }
  }
}

/// A span's kind, by its number or by its name in the protocol.
enum OTelKind: Sendable {
  case inside, server, client, producer, consumer

  init(_ tape: JSONTape, _ value: JSONTape.Index?) {
    guard let value else {
      self = .inside
      return
    }
    let word = String(decoding: tape.source(value), as: UTF8.self)
    self =
      switch word {
      case "2", "\"SPAN_KIND_SERVER\"": .server
      case "3", "\"SPAN_KIND_CLIENT\"": .client
      case "4", "\"SPAN_KIND_PRODUCER\"": .producer
      case "5", "\"SPAN_KIND_CONSUMER\"": .consumer
      default: .inside
      }
  }
}
