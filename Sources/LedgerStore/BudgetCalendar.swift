internal import Foundation
internal import Pricing
internal import Traffic
internal import Units

/// When the months of tenants' budgets begin and end, by their own calendars.
struct BudgetCalendar {
  private var calendars: [Name: Calendar] = [:]

  /// The billing month in which an instant lies; `from` is included, `to` is not.
  mutating func month(of billing: BillingMonth, at time: Timestamp) -> (
    from: Timestamp, to: Timestamp
  ) {
    // A zone is at most a day away from UTC, and a month may begin on its last day.
    var month = UTCMonth(monthsSince0: time.day.advanced(by: 2).month.monthsSince0)
    while start(of: billing, in: month) > time {
      month = UTCMonth(monthsSince0: month.monthsSince0 - 1)
    }
    return (start(of: billing, in: month), start(of: billing, in: month.next))
  }

  /// The first instant of a calendar's day: midnight, or what follows where there is none.
  private mutating func start(of billing: BillingMonth, in month: UTCMonth) -> Timestamp {
    let day = billing.start(in: month)
    guard let zone = billing.timeZone else { return day.start }
    let (year, month, dayOfMonth) = day.date
    let calendar = calendar(zone)
    // Noon is on every day; which instant the day began at, the calendar knows.
    let parts = DateComponents(year: year, month: month, day: dayOfMonth, hour: 12)
    guard let noon = calendar.date(from: parts) else { return day.start }
    let start = calendar.startOfDay(for: noon).timeIntervalSince1970
    return Timestamp(milliseconds: Int64((start * 1000).rounded()))
  }

  private mutating func calendar(_ zone: Name) -> Calendar {
    if let known = calendars[zone] { return known }
    var calendar = Calendar(identifier: .gregorian)
    // Zones are checked when terms are read.
    calendar.timeZone = TimeZone(identifier: zone.text) ?? .gmt
    calendars[zone] = calendar
    return calendar
  }
}
