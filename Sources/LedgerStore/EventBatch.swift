package import Traffic
package import Units

/// Lines of a log on their way to the writer: numbers instead of names, and the few texts that differ
/// from line to line in one row of bytes.
package struct EventBatch: Sendable {
  /// A stretch of ``texts``.
  package struct Text: Hashable, Sendable {
    // Batches and lines that wait are far from 2 GiB.
    private let first: Int32
    private let length: Int32

    package var start: Int { Int(first) }
    package var count: Int { Int(length) }

    package init(start: Int, count: Int) {
      first = Int32(start)
      length = Int32(count)
    }

    package var range: Range<Int> { start..<start + count }
  }

  /// What a line is.
  package enum Kind: Hashable, Sendable {
    /// A call of a model, or a step without one. Of a log that keeps a request's attribution in lines
    /// of its own it shares what they say.
    case attempt(sharesContext: Bool)
    /// What a log says of a request in a line of its own, and the request whose context fills in what
    /// this one leaves out.
    case context(parent: Text?)
  }

  /// A line. Names are numbers of the run's book, from 1 in the order in which it met them; 0 is a name
  /// not given.
  package struct Event: Hashable, Sendable {
    /// From 1.
    package var line: Int64
    package var request: Text
    package var requestKey: Int64
    package var event: Text
    package var eventKey: Int64
    /// Over the values of the line's fields: the same content has the same hash.
    package var contentHash: SIMD2<UInt64>
    package var position: Int64
    /// The log's own index; nil where it has none.
    package var index: Int64?
    package var startedAt: Timestamp
    /// By ``AttributionField/index``; 0 for names that have no numbers.
    package var attribution = SIMD16<Int32>(repeating: 0)
    /// Where in ``EventBatch/texts`` the names stand that have no numbers.
    package var unbounded = UnboundedNames.Places()
    package var trafficClass: TrafficClass?
    package var primary: Int32 = 0
    package var action = Action.model
    package var route: Int32 = 0
    /// A route to the model as which the log bills this one; 0 where it names no other.
    package var pricedAs: Int32 = 0
    package var outcome: Outcome?
    package var failure: Failure? {
      get { kept?.failure }
      set { kept = newValue.map(KeptFailure.init) }
    }
    private var kept: KeptFailure?
    package var latencyMilliseconds: Int64?
    package var usage = Usage()
    package var reportedCost: Money?
    package var revenue: Money?
    package var budget = BudgetSnapshot()
    package var decisionStep: Int64?
    package var decisionReason: Int32 = 0
    package var kind = Kind.attempt(sharesContext: false)
    package var isRetry = false
    /// The route's number of the model that answered, where it goes by another name.
    package var answeredAs: Int32 = 0

    package init(
      line: Int64, request: Text, requestKey: Int64, event: Text, eventKey: Int64,
      contentHash: SIMD2<UInt64>, position: Int64, index: Int64?, startedAt: Timestamp
    ) {
      self.line = line
      self.request = request
      self.requestKey = requestKey
      self.event = event
      self.eventKey = eventKey
      self.contentHash = contentHash
      self.position = position
      self.index = index
      self.startedAt = startedAt
    }
  }

  /// A failure out of the way: few lines have one.
  private final class KeptFailure: Hashable, Sendable {
    let failure: Failure

    init(_ failure: Failure) { self.failure = failure }

    static func == (left: KeptFailure, right: KeptFailure) -> Bool { left.failure == right.failure }
    func hash(into hasher: inout Hasher) { hasher.combine(failure) }
  }

  /// What the numbers of a book stand for: the fields of attribution by their indices, and one more.
  package static let decisionReasons = AttributionField.allCases.count
  package static let nameKinds = decisionReasons + 1

  package var events: [Event] = []
  package var texts: [UInt8] = []
  /// The book started anew before this batch: its numbers begin at 1 again.
  package var hasNewBook = false
  /// The names that the book of a run met for the first time, as they stand in ``nameTexts``: by kind, in
  /// the order of their numbers, which go on from those of earlier batches.
  package private(set) var newNames = [[Text]](repeating: [], count: nameKinds)
  package private(set) var nameTexts: [UInt8] = []
  package var newRoutes: [Route] = []

  package init() {}

  /// Takes note of a name that is new.
  package mutating func append(newName name: Span<UInt8>, kind: Int) {
    newNames[kind].append(Text(start: nameTexts.count, count: name.count))
    name.withUnsafeBufferPointer { nameTexts.append(contentsOf: $0) }
  }

  /// What the writer asks of each line, without a copy of its event.
  struct Entry {
    let isContext: Bool
    let eventKey: Int64
    let requestKey: Int64
    let event: Text
    let request: Text
    let position: Int64
    let storedHash: Int64
  }

  func entry(_ place: Int) -> Entry {
    events.withUnsafeBufferPointer { events in
      precondition(events.indices.contains(place))
      // `events[place]` as a value would be a copy of hundreds of bytes.
      let event = events.baseAddress.unsafelyUnwrapped + place
      var isContext = false
      if case .context = event.pointee.kind { isContext = true }
      return Entry(
        isContext: isContext, eventKey: event.pointee.eventKey,
        requestKey: event.pointee.requestKey, event: event.pointee.event,
        request: event.pointee.request, position: event.pointee.position,
        storedHash: Int64(bitPattern: event.pointee.contentHash.x))
    }
  }

  package func text(_ text: Text) -> String {
    String(decoding: texts[text.range], as: UTF8.self)
  }
}
