import Pricing
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("Budget months by the tenant's calendar")
struct BudgetCalendarTests {
  @Test(
    "29: a month begins at the billing day's midnight where the tenant is",
    arguments: [
      (1, nil, "2026-10-31T23:59:59.999Z", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"),
      (1, nil, "2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
      (15, nil, "2026-10-14T23:00:00.000Z", "2026-09-15T00:00:00.000Z", "2026-10-15T00:00:00.000Z"),
      (31, nil, "2026-03-01T00:00:00.000Z", "2026-02-28T00:00:00.000Z", "2026-03-31T00:00:00.000Z"),
      // Summer time ends in Berlin on 25 October 2026.
      (
        1, "Europe/Berlin", "2026-10-15T12:00:00.000Z", "2026-09-30T22:00:00.000Z",
        "2026-10-31T23:00:00.000Z"
      ),
      (
        1, "America/Los_Angeles", "2026-11-01T06:59:59.999Z", "2026-10-01T07:00:00.000Z",
        "2026-11-01T07:00:00.000Z"
      ),
      (
        1, "Pacific/Kiritimati", "2026-09-30T10:00:00.000Z", "2026-09-30T10:00:00.000Z",
        "2026-10-31T10:00:00.000Z"
      ),
    ] as [(Int, String?, String, String, String)])
  func month(first: Int, zone: String?, at: String, from: String, to: String) throws {
    var calendar = BudgetCalendar()
    let billing = BillingMonth(firstDay: first, timeZone: zone.map { Name($0) })
    let month = calendar.month(of: billing, at: try #require(Timestamp(at)))
    #expect(month.from.description == from)
    #expect(month.to.description == to)
  }

  @Test(
    "29: months follow each other without a gap", arguments: [1, 15, 29, 30, 31],
    [nil, "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])
  func gapless(first: Int, zone: String?) throws {
    var calendar = BudgetCalendar()
    let billing = BillingMonth(firstDay: first, timeZone: zone.map { Name($0) })
    var time = try #require(UTCDay("2027-12-20")).start
    for _ in 0..<16 {
      let month = calendar.month(of: billing, at: time)
      #expect(month.from <= time && time < month.to)
      let last = Timestamp(milliseconds: month.to.milliseconds - 1)
      #expect(calendar.month(of: billing, at: last).from == month.from)
      #expect(calendar.month(of: billing, at: month.to).from == month.to)
      time = month.to
    }
  }
}
