import Foundation
import Testing
import Units

@Suite("UTC day and month")
struct UTCDayTests {
  @Test("agrees with Foundation's calendar", arguments: 0..<500 as Range<UInt64>)
  func agreesWithFoundation(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // 1600 to 2399: Foundation's calendar is Julian before 1582.
    let day = UTCDay(daysSince1970: random.below(292_194) - 135_140)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day],
      from: Date(timeIntervalSince1970: Double(day.daysSince1970) * 86_400))
    let (year, month, dayOfMonth) = day.date
    #expect(parts.year == year && parts.month == month && parts.day == dayOfMonth)
    #expect(UTCDay(year: year, month: month, day: dayOfMonth) == day)
    #expect(day.month == UTCMonth(monthsSince0: year * 12 + month - 1))
    #expect(day.month.firstDay <= day && day < day.month.next.firstDay)
  }

  @Test("counts every day of 800 years once, in order")
  func countsEveryDay() {
    var day = UTCDay(daysSince1970: -135_140)
    #expect(day.description == "1600-01-01")
    var misses = 0
    while day.daysSince1970 < 157_054 {
      let (year, month, dayOfMonth) = day.date
      if UTCDay(year: year, month: month, day: dayOfMonth) != day { misses += 1 }
      if UTCDay(year: year, month: month, day: dayOfMonth + 1) == nil,
        day.advanced(by: 1).date.day != 1
      {
        misses += 1
      }
      day = day.advanced(by: 1)
    }
    #expect(misses == 0)
    #expect(day.description == "2400-01-01")
  }

  @Test(
    "reads YYYY-MM-DD and writes it again",
    arguments: [
      ("1970-01-01", 0), ("2026-10-01", 20_727), ("2024-02-29", 19_782), ("1969-12-31", -1),
      ("0000-01-01", -719_528), ("9999-12-31", 2_932_896),
    ])
  func reads(text: String, days: Int) {
    #expect(UTCDay(text) == UTCDay(daysSince1970: days))
    #expect(UTCDay(daysSince1970: days).description == text)
  }

  @Test(
    "refuses what is no day",
    arguments: [
      "", "2026-10", "2026-10-1", "2026-1-01", "26-10-01", "2026-02-29", "2100-02-29", "2026-04-31",
      "2026-13-01", "2026-00-10", "2026-10-00", "2026-10-32", "2026/10/01", "20261001",
      "2026-10-01 ",
      " 2026-10-01", "2026-10-01T", "+026-10-01", "2026-+1-01", "２026-10-1",
    ])
  func refuses(text: String) {
    #expect(UTCDay(text) == nil)
  }

  @Test("reads YYYY-MM and writes it again", arguments: ["2026-10", "0000-01", "9999-12"])
  func readsMonths(text: String) {
    #expect(UTCMonth(text)?.description == text)
  }

  @Test(
    "refuses what is no month",
    arguments: [
      "", "2026", "2026-13", "2026-00", "2026-1", "2026-10-01", "2026/10", "202610", "-026-10",
    ])
  func refusesMonths(text: String) {
    #expect(UTCMonth(text) == nil)
  }

  @Test("December is followed by January of the next year")
  func turnsTheYear() {
    #expect(UTCMonth("2026-12")?.next == UTCMonth("2027-01"))
    #expect(UTCMonth("2026-12")?.firstDay.description == "2026-12-01")
  }
}
