internal import StrictJSON

/// Where the fields of one kind of object stand in the record at hand.
///
/// A log's records mostly have their fields in one order: the field that stood at a place last time is
/// looked for there first.
struct ObjectFields {
  private let names: [StaticString]
  /// The values by field; ``JSONTape/root``, which is no field's value, for one left out or null.
  private(set) var values: [JSONTape.Index]
  /// The field that stood at each place of the last record.
  private var order: [Int] = []

  init(_ names: [StaticString]) {
    self.names = names
    values = [Int](repeating: JSONTape.root, count: names.count)
  }

  /// Looks at the members of `object`, if it is one, and tells `unknown` of keys that are none of ours.
  mutating func layOut(
    _ tape: JSONTape, _ object: JSONTape.Index, unknown: (JSONTape.Index) -> Void
  ) {
    for field in values.indices { values[field] = JSONTape.root }
    guard tape.kind(object) == .object else { return }
    var place = 0
    tape.forEachMember(of: object) { key, value in
      if let field = field(tape, key, place) {
        values[field] = tape.kind(value) == .null ? JSONTape.root : value
      } else {
        unknown(key)
      }
      place += 1
    }
  }

  /// As if the object had been left out.
  mutating func clear() {
    for field in values.indices { values[field] = JSONTape.root }
  }

  private mutating func field(_ tape: JSONTape, _ key: JSONTape.Index, _ place: Int) -> Int? {
    if place < order.count {
      let field = order[place]
      if field >= 0, tape.isText(key, names[field]) { return field }
    }
    let field = names.indices.first { tape.isText(key, names[$0]) }
    while order.count <= place, order.count < 64 { order.append(-1) }
    if place < order.count { order[place] = field ?? -1 }
    return field
  }
}

/// Counts the fields that nobody reads by the bytes of their keys, and names them at the end.
struct UnknownFields {
  private var names = Interner()
  private var counts: [Int64] = []
  private var path: [UInt8] = []

  /// A log whose keys are data must not fill the memory.
  private static let most = 4_096

  mutating func add(
    _ tape: JSONTape, _ key: JSONTape.Index, of object: StaticString?,
    _ ignored: inout IgnoredFields
  ) {
    path.removeAll(keepingCapacity: true)
    if let object {
      path.append(
        contentsOf: UnsafeBufferPointer(start: object.utf8Start, count: object.utf8CodeUnitCount))
      path.append(UInt8(ascii: "."))
    }
    tape.withTextBytes(key) { bytes in for at in bytes.indices { path.append(bytes[at]) } }
    let whole = path
    let number = Int(names.number(of: whole.span).number)
    if number > counts.count { counts.append(0) }
    counts[number - 1] += 1
    if counts.count >= Self.most { flush(into: &ignored) }
  }

  mutating func flush(into ignored: inout IgnoredFields) {
    for (place, count) in counts.enumerated() {
      ignored.add(
        String(decoding: names.name(Int32(place + 1)), as: UTF8.self), count: count)
    }
    names = Interner()
    counts = []
  }
}
