import Traffic

/// The lines that wait to be written with their requests. They stay in the batches in which they came: a
/// line is large.
final class PendingLines {
  /// A line that the ledger does not have yet.
  struct Line {
    /// Of ``PendingLines/batches``, and of its events.
    fileprivate let batch: Int32
    fileprivate let place: Int32
    /// The number of its request.
    let request: Int64
    let position: Int64
    let file: Int64
  }

  /// A request that has lines here, or is about to.
  struct Request {
    let id: Int64
    fileprivate let batch: Int32
    fileprivate let name: EventBatch.Text
  }

  // What is searched is not changed meanwhile, so no access needs a check of its own.
  @exclusivity(unchecked) private(set) var lines: [Line] = []
  @exclusivity(unchecked) private var batches: [EventBatch] = []
  /// Places in `lines` by the keys of their event ids.
  private let events = KeyPlaces()
  /// Places in `requests` by the keys of their ids.
  private let requestKeys = KeyPlaces()
  @exclusivity(unchecked) private var requests: [Request] = []

  var count: Int { lines.count }

  /// Lines of the batches that are kept, whether they wait or are on record.
  private(set) var kept = 0

  /// Keeps a batch, of which lines are to come.
  func begin(_ batch: EventBatch) {
    batches.append(batch)
    kept += batch.events.count
  }

  // What is asked of an event, without a copy of the whole.

  /// A line as the ledger keeps it.
  func line(at place: Int, _ book: RunBook) -> StoredLine {
    let line = lines[place]
    let batch = batches[Int(line.batch)]
    return book.line(
      batch.events[Int(line.place)], batch.texts, id: eventID(at: place), file: line.file)
  }

  private func storedHash(at place: Int) -> Int64 {
    batches[Int(lines[place].batch)].events[Int(lines[place].place)].storedHash
  }

  func eventKey(at place: Int) -> Int64 {
    batches[Int(lines[place].batch)].events[Int(lines[place].place)].eventKey
  }

  func requestKey(at place: Int) -> Int64 {
    batches[Int(lines[place].batch)].events[Int(lines[place].place)].requestKey
  }

  /// The id of a line's event, and that of its request.
  func eventID(at place: Int) -> ArraySlice<UInt8> {
    let line = lines[place]
    let batch = batches[Int(line.batch)]
    return batch.texts[batch.events[Int(line.place)].event.range]
  }

  func requestID(at place: Int) -> ArraySlice<UInt8> {
    let line = lines[place]
    let batch = batches[Int(line.batch)]
    return batch.texts[batch.events[Int(line.place)].request.range]
  }

  /// The content hash of the line that waits under an event id.
  func contentHash(_ key: Int64, event: ArraySlice<UInt8>) -> Int64? {
    events.place(key) { eventID(at: $0).elementsEqual(event) }
      .map(storedHash(at:))
  }

  /// The request of an id that has lines here.
  func request(_ key: Int64, name: ArraySlice<UInt8>) -> Request? {
    requestKeys.place(key) { place in
      let request = requests[place]
      return batches[Int(request.batch)].texts[request.name.range].elementsEqual(name)
    }
    .map { requests[$0] }
  }

  /// Has fetched what will be asked of a line of these keys soon.
  func prefetch(event: Int64, request: Int64) {
    events.prefetch(event)
    requestKeys.prefetch(request)
  }

  /// Notes the number of a request that a line of the last batch names.
  func enter(request id: Int64, key: Int64, name: EventBatch.Text) -> Request {
    requestKeys.add(key, requests.count)
    let request = Request(id: id, batch: Int32(batches.count - 1), name: name)
    requests.append(request)
    return request
  }

  /// Takes a line of the last batch over.
  func append(_ entry: EventBatch.Entry, at place: Int, of request: Request, file: Int64) {
    events.add(entry.eventKey, lines.count)
    lines.append(
      Line(
        batch: Int32(batches.count - 1), place: Int32(place), request: request.id,
        position: entry.position, file: file))
  }

  /// Places in ``lines``, request by request, each in the order of its positions; ties are broken by
  /// the bytes of the event ids.
  func inOrder() -> [Int] {
    lines.indices.sorted { left, right in
      let (one, other) = (lines[left], lines[right])
      if one.request != other.request { return one.request < other.request }
      if one.position != other.position { return one.position < other.position }
      return eventID(at: left).lexicographicallyPrecedes(eventID(at: right))
    }
  }

  /// Forgets all lines; more of the last batch may come.
  func removeAll() {
    lines.removeAll(keepingCapacity: true)
    batches.removeFirst(max(0, batches.count - 1))
    kept = batches.last?.events.count ?? 0
    events.removeAll()
    requestKeys.removeAll()
    requests.removeAll(keepingCapacity: true)
  }
}

extension EventBatch.Event {
  /// The half of its content hash that the ledger keeps.
  var storedHash: Int64 { Int64(bitPattern: contentHash.x) }
}
