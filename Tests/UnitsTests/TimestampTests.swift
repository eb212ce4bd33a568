import Foundation
import Testing
import Units

@Suite("Timestamp")
struct TimestampTests {
  @Test(
    "reads RFC 3339 with a zone",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-10-01T00:00:03Z", 1_790_812_803_000),
      ("2026-10-01T00:00:03.059Z", 1_790_812_803_059),
      ("2026-10-01t00:00:03.059z", 1_790_812_803_059),
      ("2026-10-01T02:00:03+02:00", 1_790_812_803_000),
      ("2026-09-30T18:30:03-05:30", 1_790_812_803_000),
      ("2026-10-01T23:59:03+23:59", 1_790_812_803_000),
      ("2026-10-01T00:00:03-00:00", 1_790_812_803_000),
      ("2026-10-01T00:00:03.1Z", 1_790_812_803_100), ("2026-10-01T00:00:03.12Z", 1_790_812_803_120),
      ("2024-02-29T12:00:00Z", 1_709_208_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
      ("2000-01-01T00:00:00Z", 946_684_800_000), ("2199-12-31T23:59:59.999Z", 7_258_118_399_999),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("1969-12-31T23:59:59.999Z", -1),
    ] as [(String, Int64)])
  func reads(text: String, milliseconds: Int64) {
    #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
  }

  @Test(
    "cuts digits past the millisecond, however many",
    arguments: ["9", "99", "9999999999", String(repeating: "9", count: 1_000)])
  func cutsDigits(tail: String) {
    #expect(Timestamp("2026-10-01T00:00:03.059\(tail)+00:00")?.milliseconds == 1_790_812_803_059)
  }

  @Test(
    "27: takes a leap second where a UTC month ends, into that month's last millisecond",
    arguments: [
      ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"),
      ("2016-12-31T23:59:60.75Z", "2016-12-31T23:59:59.999Z"),
      ("2017-01-01T01:59:60+02:00", "2016-12-31T23:59:59.999Z"),
      ("2016-12-31T18:29:60-05:30", "2016-12-31T23:59:59.999Z"),
      ("2024-02-29T23:59:60Z", "2024-02-29T23:59:59.999Z"),
      ("1969-12-31T23:59:60Z", "1969-12-31T23:59:59.999Z"),
    ])
  func takesLeapSeconds(text: String, expected: String) {
    #expect(Timestamp(text)?.description == expected)
  }

  @Test(
    "27: refuses what is no instant",
    arguments: [
      "", "2026-10-01", "2026-10-01T00:00:03", "2026-10-01T00:00:03.059", "2026-10-01 00:00:03Z",
      "2026-10-01T00:00Z", "2026-10-01T00:00:03.Z", "2026-10-01T00:00:03,5Z",
      "2026-10-01T00:00:03 Z",
      "2026-10-01T00:00:03ZZ", "2026-10-01T00:00:03Z ", " 2026-10-01T00:00:03Z",
      "2026-10-01T00:00:03Z\n",
      "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2100-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
      "2026-01-32T00:00:00Z",
      "2026-10-01T24:00:00Z", "2026-10-01T00:60:00Z", "2026-10-01T00:00:61Z",
      "2026-10-01T00:00:60Z",
      "2026-10-15T23:59:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T22:59:60Z",
      "2026-10-01T00:00:03+24:00", "2026-10-01T00:00:03+00:60", "2026-10-01T00:00:03+0200",
      "2026-10-01T00:00:03+02", "2026-10-01T00:00:03+2:00", "2026-10-01T00:00:03*02:00",
      "2026-10-01T00:00:03+02:00Z", "2026-10-01T00:00:03UTC", "26-10-01T00:00:03Z",
      "12026-10-01T00:00:03Z", "-026-10-01T00:00:03Z", "2026-1-01T00:00:03Z", "20261001T000003Z",
      "2026/10/01T00:00:03Z", "2026-10-01T00.00.03Z", "２026-10-01T00:00:03Z",
      "2026-W40-4T00:00:03Z",
      "2026-10-01T+1:00:03Z", "1790812803000",
    ])
  func refuses(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("is read back as it was written", arguments: 0..<500 as Range<UInt64>)
  func roundTrips(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // 0000-01-01 to 9999-12-31.
    let instant = Timestamp(
      milliseconds: Int64(random.below(315_569_520_000_000)) - 62_167_219_200_000)
    #expect(Timestamp(instant.description) == instant)
    #expect(instant.description.utf8.count == 24)
    #expect(instant.day.start <= instant)
    #expect(instant < instant.day.advanced(by: 1).start)
  }

  @Test("agrees with Foundation on random instants and zones", arguments: 0..<300 as Range<UInt64>)
  func agreesWithFoundation(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // Whole seconds from 2000 to 2199; Foundation's own fractions go through floating point.
    let seconds = 946_684_800 + Int64(random.below(6_311_433_600))
    // Foundation knows zones of less than 18 hours.
    let minutes = random.below(2 * 1080 - 1) - 1079
    let zone = try #require(TimeZone(secondsFromGMT: minutes * 60))
    let style = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone)
    let text = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
    #expect(Timestamp(text)?.milliseconds == seconds * 1000, Comment(rawValue: text))
  }

  @Test("a period's end is a day, a month or a time")
  func readsPeriodEnds() {
    let october = UTCDay(year: 2026, month: 10, day: 1)?.start
    #expect(Period.end("2026-10-01") == october)
    #expect(Period.end("2026-10") == october)
    #expect(Period.end("2026-10-01T02:00:00+02:00") == october)
    #expect(Period.end("2026") == nil)
    #expect(Period.end("yesterday") == nil)
  }

  @Test("the period of a day or month ends where the next begins")
  func periods() throws {
    let day = try #require(UTCDay("2026-12-31"))
    #expect(Period(day).from == day.start)
    #expect(Period(day).to?.description == "2027-01-01T00:00:00.000Z")
    #expect(Period(day.month).from?.description == "2026-12-01T00:00:00.000Z")
    #expect(Period(day.month).to == Period(day).to)
    #expect(Period.everything == Period(from: nil, to: nil))
  }
}
