internal import Traffic

/// A line that the ledger does not have yet, by the numbers of its run's book.
struct PendingLine {
  /// Its texts lie in ``PendingLines``.
  var event: EventBatch.Event
  let request: Int64
  let file: Int64
}

/// The lines that wait to be written with their requests.
final class PendingLines {
  private(set) var lines: [PendingLine] = []
  /// What orders ``lines``, apart from them: a line is large.
  private var keys: [(request: Int64, position: Int64)] = []
  private var texts: [UInt8] = []
  /// Places in `lines` by the keys of their event ids.
  private var events = KeyBuckets(bits: 8)
  /// Places in `requests` by the keys of their ids.
  private var requestKeys = KeyBuckets(bits: 8)
  private var requests: [Request] = []

  var count: Int { lines.count }

  func text(_ text: EventBatch.Text) -> ArraySlice<UInt8> { texts[text.range] }

  /// The content hash of the line that waits under an event id.
  func contentHash(_ key: Int64, event: ArraySlice<UInt8>) -> Int64? {
    events.value(key) { text(lines[Int($0)].event.event).elementsEqual(event) }
      .map { lines[Int($0)].event.storedHash }
  }

  /// A request that has lines here, or is about to.
  struct Request {
    let id: Int64
    let name: EventBatch.Text
  }

  /// The request of an id that has lines here.
  func request(_ key: Int64, name: ArraySlice<UInt8>) -> Request? {
    requestKeys.value(key) { text(requests[Int($0)].name).elementsEqual(name) }
      .map { requests[Int($0)] }
  }

  /// Notes the number of a request.
  func enter(request id: Int64, key: Int64, name: ArraySlice<UInt8>) -> Request {
    requestKeys.add(key, Int64(requests.count))
    let request = Request(id: id, name: keep(name))
    requests.append(request)
    return request
  }

  /// Takes a line of a request over, and the text of its event id.
  func append(
    _ event: EventBatch.Event, of request: Request, file: Int64, eventID: ArraySlice<UInt8>
  ) {
    var line = PendingLine(event: event, request: request.id, file: file)
    line.event.event = keep(eventID)
    line.event.request = request.name
    events.add(event.eventKey, Int64(lines.count))
    keys.append((request.id, event.position))
    lines.append(line)
  }

  private func keep(_ text: ArraySlice<UInt8>) -> EventBatch.Text {
    let start = texts.count
    texts.append(contentsOf: text)
    return EventBatch.Text(start: start, count: text.count)
  }

  /// The request of a line by its place.
  func request(at place: Int) -> Int64 { keys[place].request }

  /// Places in ``lines``, request by request, each in the order of its positions; ties are broken by
  /// the bytes of the event ids.
  func inOrder() -> [Int] {
    keys.indices.sorted { left, right in
      let (one, other) = (keys[left], keys[right])
      if one.request != other.request { return one.request < other.request }
      if one.position != other.position { return one.position < other.position }
      return text(lines[left].event.event)
        .lexicographicallyPrecedes(text(lines[right].event.event))
    }
  }

  func removeAll() {
    lines.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    events.removeAll()
    requestKeys.removeAll()
    requests.removeAll(keepingCapacity: true)
  }
}

extension EventBatch.Event {
  /// The half of its content hash that the ledger keeps.
  var storedHash: Int64 { Int64(bitPattern: contentHash.x) }
}
