/// A day of the UTC calendar, counted from 1970-01-01.
public struct UTCDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let daysSince1970: Int

  public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  /// The day of a date of the proleptic Gregorian calendar; nil for a date that does not exist.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else {
      return nil
    }
    // Days from civil, by eras of 400 years that start on 1 March (Howard Hinnant's algorithm).
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(daysSince1970: era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `YYYY-MM-DD`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]),
      let day = decimal(bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public var date: (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  public var month: UTCMonth {
    let (year, month, _) = date
    return UTCMonth(monthsSince0: year * 12 + month - 1)
  }

  /// Midnight UTC at which the day starts.
  public var start: Timestamp {
    Timestamp(milliseconds: Int64(daysSince1970) * Timestamp.millisecondsPerDay)
  }

  public func advanced(by days: Int) -> UTCDay { UTCDay(daysSince1970: daysSince1970 + days) }

  public static func < (left: UTCDay, right: UTCDay) -> Bool {
    left.daysSince1970 < right.daysSince1970
  }

  /// `YYYY-MM-DD`.
  public var description: String {
    let (year, month, day) = date
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A month of the UTC calendar.
public struct UTCMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Twelve times the year, plus 0 for January to 11 for December.
  public let monthsSince0: Int

  public init(monthsSince0: Int) { self.monthsSince0 = monthsSince0 }

  /// Reads `YYYY-MM`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), let year = decimal(bytes[0..<4]),
      let month = decimal(bytes[5..<7]), (1...12).contains(month)
    else { return nil }
    self.init(monthsSince0: year * 12 + month - 1)
  }

  public var firstDay: UTCDay {
    UTCDay(year: monthsSince0 / 12, month: monthsSince0 % 12 + 1, day: 1)
      ?? UTCDay(daysSince1970: 0)
  }

  public var next: UTCMonth { UTCMonth(monthsSince0: monthsSince0 + 1) }

  public static func < (left: UTCMonth, right: UTCMonth) -> Bool {
    left.monthsSince0 < right.monthsSince0
  }

  /// `YYYY-MM`.
  public var description: String {
    "\(padded(monthsSince0 / 12, 4))-\(padded(monthsSince0 % 12 + 1, 2))"
  }
}

func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// An unsigned decimal number; nil where a byte is no digit.
func decimal(_ bytes: some Sequence<UInt8>) -> Int? {
  var value = 0
  for byte in bytes {
    guard byte &- UInt8(ascii: "0") < 10 else { return nil }
    value = value * 10 + Int(byte - UInt8(ascii: "0"))
  }
  return value
}
