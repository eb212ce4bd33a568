internal import StrictJSON
internal import Traffic
internal import Units

/// An instant in microseconds since 1970, as other programs write it.
struct ForeignTime: Hashable, Sendable {
  let microseconds: Int64

  var timestamp: Timestamp { Timestamp(milliseconds: microseconds / 1_000) }

  /// events.md: 2000 to 2199.
  private static let bounds: Range<Int128> = 946_684_800_000_000..<7_258_118_400_000_000

  init(microseconds: Int64) { self.microseconds = microseconds }

  fileprivate init?(_ microseconds: Int128?) {
    guard let microseconds, Self.bounds.contains(microseconds) else { return nil }
    self.microseconds = Int64(microseconds)
  }

  /// What a number counts.
  enum Epoch: String, CaseIterable {
    case seconds, milliseconds, microseconds, nanoseconds

    /// Decimal places between the unit and microseconds.
    var places: Int {
      switch self {
      case .seconds: 6
      case .milliseconds: 3
      case .microseconds: 0
      case .nanoseconds: -3
      }
    }
  }

  enum Failure: Error {
    case malformed
    case withoutZone
  }

  /// Reads RFC 3339 and what databases make of it: a space for the `T`, `+00` for a zone.
  /// - Throws: ``Failure``; a time without a zone is read only if `assumesUTC`.
  init(text: String, assumesUTC: Bool) throws(Failure) {
    var bytes = Array(text.utf8)
    guard bytes.count >= 19 else { throw .malformed }
    if bytes[10] == UInt8(ascii: " ") { bytes[10] = UInt8(ascii: "T") }
    var end = 19
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      end += 1
      while end < bytes.count, bytes[end] &- UInt8(ascii: "0") < 10 { end += 1 }
    }
    var zone = String(decoding: bytes[end...], as: UTF8.self)
    if zone == " UTC" { zone = "Z" }
    let sign = zone.first
    if sign == "+" || sign == "-" {
      if zone.utf8.count == 3 { zone += ":00" }
      if zone.utf8.count == 5 { zone.insert(":", at: zone.index(zone.startIndex, offsetBy: 3)) }
    }
    if zone.isEmpty {
      guard assumesUTC else {
        let utc = bytes + [UInt8(ascii: "Z")]
        throw Timestamp(rfc3339: utc.span) == nil ? .malformed : .withoutZone
      }
      zone = "Z"
    }
    let whole = Array(bytes[..<end]) + Array(zone.utf8)
    guard let time = Timestamp(rfc3339: whole.span) else { throw .malformed }
    var finer: Int64 = 0
    var weight: Int64 = 100
    for digit in bytes[..<end].dropFirst(23).prefix(3) {
      finer += Int64(digit - UInt8(ascii: "0")) * weight
      weight /= 10
    }
    guard let found = Self(Int128(time.milliseconds) * 1_000 + Int128(finer)) else {
      throw .malformed
    }
    self = found
  }
}

extension FieldReader {
  /// A time as text, or as a number that counts `epoch` since 1970; finer digits are cut.
  func foreignTime(
    _ value: Int?, _ field: String, epoch: ForeignTime.Epoch? = nil, assumesUTC: Bool
  ) throws(Rejection) -> ForeignTime? {
    guard let value = filled(present(value)) else { return nil }
    if tape.kind(value) == .number || tape.kind(value) == .string, let epoch,
      let time = epochTime(value, epoch)
    {
      return time
    }
    guard tape.kind(value) == .string else {
      throw Rejection(
        .badTime,
        "`\(field)` is \(shown(value)); it must be "
          + (epoch.map { "epoch \($0.rawValue) in 2000 to 2199" } ?? "a time as text"))
    }
    do throws(ForeignTime.Failure) {
      return try ForeignTime(text: tape.text(value), assumesUTC: assumesUTC)
    } catch {
      switch error {
      case .malformed:
        throw Rejection(
          .badTime,
          "`\(field)` is \(shown(value)); it must be a time in 2000 to 2199 such as "
            + "2026-10-01T00:00:03Z")
      case .withoutZone:
        throw Rejection(
          .badTime,
          "`\(field)` is \(shown(value)), which names no zone; if these logs are in UTC, say so "
            + "with --assume-utc")
      }
    }
  }

  private func epochTime(_ value: Int, _ epoch: ForeignTime.Epoch) -> ForeignTime? {
    let time = tape.withTextBytes(value) { text -> Int128? in
      guard epoch.places < 0 else {
        return try? DecimalText.integer(in: text, places: epoch.places, rounding: .down)
      }
      return (try? DecimalText.integer(in: text, places: 0, rounding: .down)).map { $0 / 1_000 }
    }
    return ForeignTime(time)
  }
}
