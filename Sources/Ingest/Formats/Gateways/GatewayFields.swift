internal import StrictJSON
internal import Traffic
internal import Units

/// The records of a page: of the lists and objects under these keys.
enum GatewayPage {
  static func entries(of record: JSONTape, under keys: StaticString...) -> [[UInt8]]? {
    for key in keys {
      guard let inside = record.value(key, in: JSONTape.root) else { continue }
      switch record.kind(inside) {
      case .object: return [Array(record.source(inside))]
      case .array:
        var entries: [[UInt8]] = []
        record.forEachElement(of: inside) { entries.append(Array(record.source($0))) }
        return entries
      case .string, .number, .true, .false, .null: continue
      }
    }
    return nil
  }
}

/// What a format reads of an entry before it is an attempt.
struct GatewayCall {
  var eventID: Name
  var requestID: Name
  var startedAt: ForeignTime
  /// The log's own index, if it has one.
  var index: Int64?
  var route: Route
  /// A cache answered in the model's place.
  var isCached = false
  /// What went wrong, if anything did.
  var failure: Failure?

  /// The attempt, or the step without a model.
  func attempt(_ attribution: Attribution) -> Attempt {
    var attempt = Attempt(
      eventID: eventID, requestID: requestID, position: index ?? startedAt.microseconds,
      index: index, startedAt: startedAt.timestamp, attribution: attribution, primary: nil)
    if isCached, failure == nil {
      attempt.action = .cachedResponse
      attempt.primary = route
      return attempt
    }
    attempt.route = route
    attempt.outcome = failure == nil ? .success : .failure
    attempt.failure = failure
    return attempt
  }
}

extension FieldReader {
  /// Whether a field says yes, as a boolean, a 1 or a word.
  func isTrue(_ value: Int?) -> Bool {
    guard let value = present(value) else { return false }
    switch tape.kind(value) {
    case .true: return true
    case .false, .null, .object, .array: return false
    case .number: return tape.text(value) == "1"
    case .string: return ["true", "TRUE", "True", "1"].contains(tape.text(value))
    }
  }

  /// A failure by its HTTP status; nil for one below 400. Statuses below 100 stand for calls that had
  /// no answer.
  static func failure(httpStatus status: Int64, word: String? = nil) -> Failure? {
    guard !(100..<400).contains(status) else { return nil }
    guard status >= 100 else { return Failure(kind: .unknown, word: word ?? "\(status)") }
    return Failure(
      kind: word.map { ErrorClass.kind($0, httpStatus: status) }
        ?? FailureKind(httpStatus: status), word: word, httpStatus: status)
  }

  func neededTime(
    _ value: Int?, _ field: String, _ owner: String, epoch: ForeignTime.Epoch? = nil,
    _ settings: FormatSettings
  ) throws(Rejection) -> ForeignTime {
    guard
      let time = try foreignTime(value, field, epoch: epoch, assumesUTC: settings.assumesUTC)
    else { throw Rejection(.missingField, "`\(field)` is missing; \(owner) has it") }
    return time
  }

  /// Milliseconds that some gateways write with a fraction; it is cut.
  func milliseconds(_ value: Int?, _ field: String) throws(Rejection) -> Int64? {
    guard let value = filled(present(value)) else { return nil }
    let number =
      tape.kind(value) == .number || tape.kind(value) == .string
      ? tape.withTextBytes(value) {
        try? DecimalText.integer(in: $0, places: 0, rounding: .down)
      } : nil
    guard let number, let whole = Int64(exactly: number) else {
      throw Rejection(.badNumber, "`\(field)` is \(shown(value)); it must be a number")
    }
    return whole >= 0 ? whole : nil
  }

  func neededModel(
    _ provider: Int?, _ providerField: String, _ model: Int?, _ modelField: String,
    _ owner: String
  ) throws(Rejection) -> ModelID {
    let provider = try name(provider, providerField).map { Name($0.text.lowercased()) }
    let model = try neededName(model, modelField, owner)
    return ModelID(
      provider: provider ?? "unknown",
      model: provider.map(model.withoutPrefix) ?? model)
  }
}
