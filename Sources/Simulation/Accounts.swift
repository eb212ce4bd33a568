import Traffic
import Units

/// What tenants and sessions have spent so far, as a gateway keeps it.
///
/// A request's cost is booked when it starts, to that UTC day and month; so requests that start later
/// see it, also where its last attempt is made hours after.
struct Accounts: Sendable {
  private struct ClassDay: Hashable {
    let tenant: Int
    let trafficClass: TrafficClass
    let day: UTCDay
  }

  private struct TenantMonth: Hashable {
    let tenant: Int
    let month: UTCMonth
  }

  private struct SessionDay: Hashable {
    let session: Name
    let day: UTCDay
  }

  private var months: [TenantMonth: Money] = [:]
  private var classDays: [ClassDay: Money] = [:]
  private var sessionDays: [SessionDay: Money] = [:]
  private var sessionStarts: [Name: [Timestamp]] = [:]

  func spentThisMonth(_ tenant: Int, at time: Timestamp) -> Money {
    months[TenantMonth(tenant: tenant, month: time.day.month)] ?? .zero
  }

  func spentToday(_ tenant: Int, on trafficClass: TrafficClass, at time: Timestamp) -> Money {
    classDays[ClassDay(tenant: tenant, trafficClass: trafficClass, day: time.day)] ?? .zero
  }

  func costToday(of session: Name?, at time: Timestamp) -> Money {
    session.flatMap { sessionDays[SessionDay(session: $0, day: time.day)] } ?? .zero
  }

  /// Notes that a request of a session begins, and says how many of it began in the minute that ends
  /// with it, itself among them; 0 without a session.
  mutating func begin(_ session: Name?, at time: Timestamp) -> Int64 {
    guard let session else { return 0 }
    let recent = (sessionStarts[session] ?? []).filter {
      time.milliseconds - $0.milliseconds < 60_000
    }
    sessionStarts[session] = recent + [time]
    return Int64(recent.count + 1)
  }

  mutating func book(
    _ cost: Money, tenant: Int, trafficClass: TrafficClass, session: Name?, at time: Timestamp
  ) {
    let day = time.day
    months[TenantMonth(tenant: tenant, month: day.month), default: .zero] += cost
    classDays[
      ClassDay(tenant: tenant, trafficClass: trafficClass, day: day), default: .zero] += cost
    if let session { sessionDays[SessionDay(session: session, day: day), default: .zero] += cost }
  }
}

extension Money {
  /// Stops at what 64 bits hold: prices of a dollar a token must not end a simulation.
  static func += (left: inout Money, right: Money) {
    left = Money(nanoUSD: Int64(clamping: Int128(left.nanoUSD) + Int128(right.nanoUSD)))
  }
}
