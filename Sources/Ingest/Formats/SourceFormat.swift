internal import StrictJSON
internal import Traffic
internal import Units

/// A kind of log that gateways write: bytes of a record in, attempts of events.md out.
///
/// Pure: what an entry says depends on its bytes and the ``FormatSettings`` alone, never on the entries
/// around it, so that logs may be split, mixed and read again in any order.
protocol SourceFormat: Sendable {
  /// Whether a record is of this kind, told by fields that others do not have.
  func recognises(_ record: JSONTape) -> Bool

  /// How a record shows that it is of this kind, in words.
  var marks: String { get }

  /// What an entry says, and what it says beside that: nothing else of it is ever kept.
  var knownFields: KnownFields { get }

  /// The entries of a record that holds several (the spans of a trace, the rows of a page), each JSON
  /// of its own; nil where the record is the entry.
  func entries(of record: JSONTape) -> [[UInt8]]?

  /// What an entry tells.
  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry

  /// Checks that an entry whose fields the quarantine kept still tells all that it told.
  /// - Throws: ``Rejection`` naming what is gone.
  func checkWholeness(of tape: JSONTape) throws(Rejection)
}

extension SourceFormat {
  func entries(of record: JSONTape) -> [[UInt8]]? { nil }

  /// As a rule what is not kept is not read either.
  func checkWholeness(of tape: JSONTape) throws(Rejection) {}
}

/// What an entry of a log is for the ledger.
struct LogEntry: Sendable {
  enum Content: Sendable {
    case attempt(Attempt)
    case context(RequestContext)
  }

  let content: Content
  /// The fields of attribution that were taken from something near, as the log has no field for them.
  /// The others were given.
  let inferred: Set<AttributionField>

  init(_ attempt: Attempt, inferred: Set<AttributionField> = []) {
    content = .attempt(attempt)
    self.inferred = inferred
  }

  init(_ context: RequestContext, inferred: Set<AttributionField> = []) {
    content = .context(context)
    self.inferred = inferred
  }

  var attribution: Attribution {
    switch content {
    case .attempt(let attempt): attempt.attribution
    case .context(let context): context.attribution
    }
  }
}

/// What a log says of a request in an entry of its own, such as the span above the calls of a model.
/// It fills in what the request's attempts leave out, whichever comes first.
struct RequestContext: Hashable, Sendable {
  var eventID: Name
  var requestID: Name
  /// The context that fills in what this one leaves out.
  var parentID: Name?
  var startedAt: Timestamp
  var attribution: Attribution
}
