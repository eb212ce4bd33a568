internal import CSQLite

/// Ids as the ledger stores them (schema 0001): shorter than their text where their form allows it.
///
/// | stored          | a request, user, thread, session | an event's id                            |
/// |-----------------|----------------------------------|------------------------------------------|
/// | text            | itself                           | itself                                   |
/// | blob, 16 bytes  | a UUID in small letters          | the same                                 |
/// | blob, other     | -                                | the request's id and these bytes         |
/// | NULL            | -                                | the request's id, a slash, the position  |
///
/// An id has one stored form, so equal forms are equal ids.
enum StoredID {
  private static let uuidTextCount = 36
  static let uuidCount = 16

  /// The 16 bytes of a UUID in small letters, as `8-4-4-4-12` digits; nil for any other text.
  static func uuid(_ text: Span<UInt8>) -> InlineArray<16, UInt8>? {
    guard text.count == uuidTextCount, text[8] == dash, text[13] == dash, text[18] == dash,
      text[23] == dash
    else { return nil }
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var at = 0
    for index in 0..<uuidCount {
      if index == 4 || index == 6 || index == 8 || index == 10 { at += 1 }
      let high = digits[Int(text[at])]
      let low = digits[Int(text[at + 1])]
      guard high | low < 16 else { return nil }
      bytes[index] = high << 4 | low
      at += 2
    }
    return bytes
  }

  /// The text of a UUID of 16 bytes.
  static func text(uuid bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(uuidTextCount)
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(dash) }
      text.append(letters[Int(byte >> 4)])
      text.append(letters[Int(byte & 15)])
    }
    return text
  }

  /// How much of an event's id is its request's id, if the rest can stand for it.
  static func sharedCount(_ event: Span<UInt8>, _ request: Span<UInt8>) -> Int? {
    let rest = event.count - request.count
    guard rest > 0, rest != uuidCount else { return nil }
    for index in 0..<request.count where event[index] != request[index] { return nil }
    // What SQL turns back into text must end where it ends.
    for index in request.count..<event.count where event[index] == 0 { return nil }
    // A rest that begins within a character would be no text of its own.
    guard event[request.count] & 0xC0 != 0x80 else { return nil }
    return request.count
  }

  /// Whether the rest of an event's id is a slash and the position.
  static func isImplied(_ rest: Span<UInt8>, position: Int64) -> Bool {
    guard rest.count > 1, rest.count < 20, rest[0] == UInt8(ascii: "/"), position >= 0 else {
      return false
    }
    var left = position
    var at = rest.count - 1
    while at >= 1 {
      guard rest[at] == UInt8(ascii: "0") + UInt8(left % 10) else { return false }
      left /= 10
      at -= 1
      if left == 0 { break }
    }
    return left == 0 && at == 0
  }

  private static let dash = UInt8(ascii: "-")
  private static let letters = Array("0123456789abcdef".utf8)
  /// The value of a digit in small letters by its byte; 255 for others.
  private static let digits: InlineArray<256, UInt8> = {
    var values = InlineArray<256, UInt8>(repeating: 255)
    for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()
}

extension RowSink {
  /// Adds the id of a request, or a name of a user, a thread or a session.
  func add(name text: Span<UInt8>) {
    if let uuid = StoredID.uuid(text) { add(uuid: uuid) } else { add(text: text) }
  }

  /// Adds an event's id, of this position in this request.
  func add(eventID text: Span<UInt8>, request: Span<UInt8>, position: Int64) {
    if let shared = StoredID.sharedCount(text, request) {
      let rest = text.extracting(shared...)
      if StoredID.isImplied(rest, position: position) {
        skip(1)
      } else {
        add(blob: rest)
      }
    } else if let uuid = StoredID.uuid(text) {
      add(uuid: uuid)
    } else {
      add(text: text)
    }
  }

  private func add(uuid: InlineArray<16, UInt8>) { add(blob: uuid.span) }
}

extension RawStatement {
  /// The text of the id of a request, or of a name of a user, a thread or a session.
  func nameText(_ column: Int32) -> [UInt8] {
    let bytes = rawBytes(column)
    return isText(column) ? [UInt8](bytes) : StoredID.text(uuid: bytes)
  }

  /// The text of an event's id.
  func eventID(_ column: Int32, request: [UInt8], position: Int64) -> [UInt8] {
    if isNull(column) { return request + "/\(position)".utf8 }
    let bytes = rawBytes(column)
    if isText(column) { return [UInt8](bytes) }
    return bytes.count == StoredID.uuidCount ? StoredID.text(uuid: bytes) : request + bytes
  }
}
