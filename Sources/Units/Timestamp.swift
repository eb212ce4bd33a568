/// An instant in UTC milliseconds since 1970.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let milliseconds: Int64

  static let millisecondsPerDay: Int64 = 86_400_000

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public var day: UTCDay {
    let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
    return UTCDay(daysSince1970: Int(rest < 0 ? days - 1 : days))
  }

  /// Reads RFC 3339 with a zone, strictly; digits past the millisecond are cut.
  ///
  /// A leap second is taken where UTC may have one, at the end of a month, and counts into that
  /// month's last millisecond. Anything else, a date that does not exist among it, is nil.
  public init?(rfc3339 text: Span<UInt8>) {
    // 2026-10-01T00:00:03Z is the shortest.
    guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
      text[16] == UInt8(ascii: ":"),
      let century = Self.pair(text, 0), let yearOfCentury = Self.pair(text, 2),
      let month = Self.pair(text, 5), let dayOfMonth = Self.pair(text, 8),
      let hour = Self.pair(text, 11), let minute = Self.pair(text, 14),
      let second = Self.pair(text, 17),
      let day = UTCDay(year: century * 100 + yearOfCentury, month: month, day: dayOfMonth),
      hour < 24, minute < 60, second <= 60
    else { return nil }

    var at = 19
    var fraction: Int64 = 0
    if text[at] == UInt8(ascii: ".") {
      at += 1
      let start = at
      var weight: Int64 = 100
      while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
        fraction += Int64(text[at] - UInt8(ascii: "0")) * weight
        weight /= 10
        at += 1
      }
      guard at > start else { return nil }
    }
    guard let offsetMinutes = Self.zone(text, from: at) else { return nil }

    let minutes =
      Int64(day.daysSince1970) * 1440 + Int64(hour * 60 + minute) - Int64(offsetMinutes)
    if second == 60 {
      let after = Timestamp(milliseconds: (minutes + 1) * 60_000)
      guard after.milliseconds % Self.millisecondsPerDay == 0, after.day.date.day == 1 else {
        return nil
      }
      self.init(milliseconds: after.milliseconds - 1)
      return
    }
    self.init(milliseconds: minutes * 60_000 + Int64(second) * 1000 + fraction)
  }

  /// - Returns: nil for what ``init(rfc3339:)`` refuses.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(rfc3339: bytes.span)
  }

  private static func pair(_ text: Span<UInt8>, _ at: Int) -> Int? {
    let tens = text[at] &- UInt8(ascii: "0")
    let ones = text[at + 1] &- UInt8(ascii: "0")
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
  }

  /// The offset from UTC in minutes of `Z`, `z` or `+hh:mm`, which must end the text.
  private static func zone(_ text: Span<UInt8>, from at: Int) -> Int? {
    guard at < text.count else { return nil }
    if text[at] | 0x20 == UInt8(ascii: "z") { return at + 1 == text.count ? 0 : nil }
    guard at + 6 == text.count, text[at + 3] == UInt8(ascii: ":"),
      let hours = pair(text, at + 1), let minutes = pair(text, at + 4), hours < 24, minutes < 60
    else { return nil }
    switch text[at] {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// RFC 3339 in UTC with milliseconds: `2026-10-01T00:00:03.059Z`.
  public var description: String {
    let day = day
    let inDay = Int(milliseconds - day.start.milliseconds)
    let (hour, minute, second) = (inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1000 % 60)
    return
      "\(day)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(inDay % 1000, 3))Z"
  }
}

/// A stretch of time; `from` is included, `to` is not, and a missing end is open.
public struct Period: Hashable, Sendable {
  public let from: Timestamp?
  public let to: Timestamp?

  public static let everything = Period(from: nil, to: nil)

  public init(from: Timestamp?, to: Timestamp?) {
    self.from = from
    self.to = to
  }

  public init(_ day: UTCDay) { self.init(from: day.start, to: day.advanced(by: 1).start) }

  public init(_ month: UTCMonth) {
    self.init(from: month.firstDay.start, to: month.next.firstDay.start)
  }

  /// Reads one end of a period: a day, a month or a time (cli.md).
  public static func end(_ text: String) -> Timestamp? {
    UTCDay(text)?.start ?? UTCMonth(text)?.firstDay.start ?? Timestamp(text)
  }
}
