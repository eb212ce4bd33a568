import Units

/// Tells when the month of a tenant's budget begins anew: by the calendar, else by starts of its own.
struct MonthClock {
  /// In milliseconds, rising.
  private let starts: [Int64]?
  private var from = Int64.max
  private var until = Int64.min

  init(starts: [Int64]? = nil) { self.starts = starts }

  /// Whether an instant lies in another month than the last one asked for.
  mutating func turns(at time: Timestamp) -> Bool {
    if time.milliseconds >= from, time.milliseconds < until { return false }
    if let starts {
      let place = starts.lastIndex { $0 <= time.milliseconds }
      from = place.map { starts[$0] } ?? .min
      let next = place.map { $0 + 1 } ?? 0
      until = next < starts.count ? starts[next] : .max
    } else {
      let month = time.day.month
      from = month.firstDay.start.milliseconds
      until = month.next.firstDay.start.milliseconds
    }
    return true
  }
}
