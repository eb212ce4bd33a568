internal import StrictJSON
internal import Traffic
internal import Units

/// A log that is read by a mapping file.
struct CustomFormat: SourceFormat {
  private let mapping: CustomMapping
  private let settings: FormatSettings
  let knownFields: KnownFields
  var marks: String {
    let needed =
      mapping.recognise.isEmpty
      ? [CustomMapping.Field.requestID, .ts].flatMap { mapping.paths[$0] ?? [] }
      : mapping.recognise
    let paths = needed.map { "`\($0)`" }.joined(separator: ", ")
    return "records have \(paths), as the mapping `\(mapping.name)` says"
  }

  init(_ mapping: CustomMapping, _ settings: FormatSettings) {
    self.mapping = mapping
    self.settings = settings
    let order = CustomMapping.Field.allCases
    knownFields = KnownFields().adding(
      mapping.recognise + order.flatMap { mapping.paths[$0] ?? [] } + settings.map.map(\.path))
  }

  /// Without fields that tell the format, those of the request and its time do.
  func recognises(_ record: JSONTape) -> Bool {
    guard let object = firstEntry(record) else { return false }
    guard mapping.recognise.isEmpty else {
      return mapping.recognise.allSatisfy { $0.value(in: record, object) != nil }
    }
    return [.requestID, .ts].allSatisfy { (field: CustomMapping.Field) in
      (mapping.paths[field] ?? []).contains { $0.value(in: record, object) != nil }
    }
  }

  private func firstEntry(_ record: JSONTape) -> JSONTape.Index? {
    guard let list = mapping.entries?.value(in: record, JSONTape.root) else {
      return mapping.entries == nil ? JSONTape.root : nil
    }
    guard record.kind(list) == .array, record.after(list) > list + 1 else { return nil }
    return list + 1
  }

  func entries(of record: JSONTape) -> [[UInt8]]? {
    guard let list = mapping.entries?.value(in: record, JSONTape.root),
      record.kind(list) == .array
    else { return nil }
    var entries: [[UInt8]] = []
    record.forEachElement(of: list) { entries.append(Array(record.source($0))) }
    return entries
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    try CustomEntry(mapping: mapping, settings: settings, fields: FieldReader(tape: tape)).read()
  }
}

/// One entry of such a log.
private struct CustomEntry {
  let mapping: CustomMapping
  let settings: FormatSettings
  let fields: FieldReader

  /// Where the field stands in this entry.
  private func value(_ field: CustomMapping.Field) -> Int? {
    for path in mapping.paths[field] ?? [] {
      if let value = fields.filled(path.value(in: fields.tape, JSONTape.root)) { return value }
    }
    return nil
  }

  /// The field's text, else its constant.
  private func text(_ field: CustomMapping.Field) -> String? {
    for path in mapping.paths[field] ?? [] {
      if let text = path.text(in: fields.tape, JSONTape.root) { return text }
    }
    return mapping.constants[field]
  }

  private func name(_ field: CustomMapping.Field) throws(Rejection) -> Name? {
    guard let text = text(field), !text.isEmpty else { return nil }
    guard text.utf8.count <= Name.maximumBytes, !text.hasControlCharacter else {
      throw Rejection(
        .badName,
        "`\(field.rawValue)` (\(place(of: field))) has more than \(Name.maximumBytes) bytes or a "
          + "control character")
    }
    return Name(text)
  }

  private func needed<Value>(
    _ value: Value?, _ field: CustomMapping.Field
  ) throws(Rejection) -> Value {
    guard let value else {
      throw Rejection(
        .missingField,
        "`\(field.rawValue)` is missing: there is nothing at \(place(of: field))")
    }
    return value
  }

  /// Where the mapping looks for a field, for messages.
  private func place(of field: CustomMapping.Field) -> String {
    let paths = (mapping.paths[field] ?? []).map { "`\($0)`" }
    return paths.isEmpty ? "no place of the mapping" : paths.joined(separator: " or ")
  }

  func read() throws(Rejection) -> LogEntry {
    let requestID = try needed(name(.requestID), .requestID)
    let startedAt = try needed(time(.ts), .ts)
    let endedAt = try time(.endedAt)
    let index = try count(.attempt)
    if let index, index > 255 {
      throw Rejection(.outOfRange, "`attempt` is \(index); it must be 0 to 255")
    }
    let event =
      try name(.eventID)
      ?? Name("\(requestID)/\(index.map { "\($0)" } ?? "\(startedAt.microseconds)")")
    var attempt = Attempt(
      eventID: event, requestID: requestID,
      position: index ?? (endedAt ?? startedAt).microseconds, index: index,
      startedAt: startedAt.timestamp, attribution: try attribution(),
      trafficClass: try word(.trafficClass, TrafficClass.self),
      primary: try route(.primaryProvider, .primaryModel, .primaryGroup, isNeeded: false),
      action: try word(.action, Action.self) ?? .model)
    attempt.latencyMilliseconds =
      try fields.milliseconds(value(.latency), place(of: .latency))
      ?? endedAt.map { max(0, ($0.microseconds - startedAt.microseconds) / 1_000) }
    attempt.usage = try usage()
    attempt.reportedCost = try fields.foreignMoney(
      value(.cost), CustomMapping.Field.cost.rawValue, unit: mapping.money)
    attempt.revenue = try fields.foreignMoney(
      value(.revenue), CustomMapping.Field.revenue.rawValue, unit: mapping.money)
    let route = try route(.routeProvider, .routeModel, .routeGroup, isNeeded: true)
    guard attempt.action == .model else {
      // Such a step has no route; what it names is what the request asked for.
      attempt.primary = attempt.primary ?? route
      return LogEntry(attempt)
    }
    attempt.route = route
    let failure = try failure()
    attempt.outcome = failure == nil ? .success : .failure
    attempt.failure = failure
    return LogEntry(attempt)
  }

  private func attribution() throws(Rejection) -> Attribution {
    var attribution = Attribution()
    for entry in settings.map where attribution[entry.field] == nil {
      if let text = entry.path.text(in: fields.tape, JSONTape.root),
        text.utf8.count <= Name.maximumBytes, !text.hasControlCharacter
      {
        attribution[entry.field] = Name(text)
      }
    }
    for field in CustomMapping.Field.allCases {
      guard let own = field.attribution, attribution[own] == nil else { continue }
      attribution[own] = try name(field)
    }
    if attribution[.tenant] == nil { attribution[.tenant] = AttributionRules.unattributed }
    return attribution
  }

  private func time(_ field: CustomMapping.Field) throws(Rejection) -> ForeignTime? {
    try fields.foreignTime(
      value(field), field.rawValue,
      epoch: mapping.time.flatMap { ForeignTime.Epoch(rawValue: $0.rawValue) },
      assumesUTC: settings.assumesUTC)
  }

  private func count(_ field: CustomMapping.Field) throws(Rejection) -> Int64? {
    try fields.foreignCount(value(field), field.rawValue)
  }

  private func word<Word: RawRepresentable & CaseIterable>(
    _ field: CustomMapping.Field, _ type: Word.Type
  ) throws(Rejection) -> Word? where Word.RawValue == String {
    guard let text = text(field) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let allowed = Word.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    throw Rejection(
      .unknownWord,
      "`\(field.rawValue)` is `\(text.cut(at: 64).printable)`; it may be \(allowed)")
  }

  private func route(
    _ provider: CustomMapping.Field, _ model: CustomMapping.Field, _ group: CustomMapping.Field,
    isNeeded: Bool
  ) throws(Rejection) -> Route? {
    guard let modelName = try name(model) else {
      guard isNeeded else { return nil }
      return try needed(nil, model)
    }
    let providerName = try name(provider)
    return Route(
      model: ModelID(
        provider: providerName ?? "unknown",
        model: providerName.map(modelName.withoutPrefix) ?? modelName),
      group: try name(group))
  }

  private func usage() throws(Rejection) -> Usage {
    var usage = Usage(
      input: try count(.inputTokens) ?? 0, cachedInput: try count(.cachedInputTokens) ?? 0,
      cacheWrite: try count(.cacheWriteTokens) ?? 0, output: try count(.outputTokens) ?? 0,
      reasoning: try count(.reasoningTokens) ?? 0)
    if !mapping.inputIncludesCached {
      let (some, overflow) = usage.input.addingReportingOverflow(usage.cachedInput)
      let (all, overflow2) = some.addingReportingOverflow(usage.cacheWrite)
      guard !overflow, !overflow2 else {
        throw Rejection(.outOfRange, "the tokens of the input do not fit 64 bits")
      }
      usage.input = all
    }
    try usage.checkPlausible()
    return usage
  }

  /// The outcome's word says whether it failed; without one the status or the kind does.
  private func failure() throws(Rejection) -> Failure? {
    let status = try fields.foreignInteger(
      value(.httpStatus), CustomMapping.Field.httpStatus.rawValue)
    let word = text(.failureKind)
    if mapping.isGiven(.outcome) {
      let given = try needed(outcomeText(), .outcome)
      let outcome =
        mapping.outcomes[given.lowercased()] ?? Outcome(rawValue: given.lowercased())
      guard let outcome else {
        throw Rejection(
          .unknownWord,
          "`outcome` is `\(given.cut(at: 64).printable)`, which the mapping's `outcomes` do not name"
        )
      }
      guard outcome == .failure else { return nil }
    } else if word == nil, status.map({ (100..<400).contains($0) }) ?? true {
      return nil
    }
    let kind =
      word.flatMap { mapping.failures[$0] ?? FailureKind(rawValue: $0) }
      ?? ErrorClass.kind(word ?? "", httpStatus: status)
    return Failure(kind: kind, word: word.map { $0.cut(at: 128) }, httpStatus: status)
  }

  /// The word, or `true` and `false`.
  private func outcomeText() -> String? {
    if let value = value(.outcome) {
      switch fields.tape.kind(value) {
      case .true: return "true"
      case .false: return "false"
      case .object, .array, .string, .number, .null: break
      }
    }
    return text(.outcome)
  }
}
