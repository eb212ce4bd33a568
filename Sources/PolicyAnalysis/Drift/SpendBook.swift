package import Traffic
package import Units

/// What tenants, classes and sessions have spent so far, as requests are booked one by one.
///
/// A request is booked when it starts, whole, in the order of (start, request id); what was booked
/// before is what could be known when it was decided.
package struct SpendBook: Sendable {
  private struct TenantClass: Hashable {
    let tenant: Name
    let trafficClass: TrafficClass
  }

  private struct Session: Hashable {
    let tenant: Name
    let session: Name
  }

  private var month: UTCMonth?
  private var day: UTCDay?
  private var monthSpend: [Name: Money] = [:]
  private var monthLimits: [Name: Money] = [:]
  /// When the months of tenants with months of their own began.
  private var ownMonths: [Name: Timestamp] = [:]
  private var prepaidSpend: [Name: (since: UTCDay, spent: Money)] = [:]
  private var classSpend: [TenantClass: Money] = [:]
  private var sessionSpend: [Session: Money] = [:]
  /// Starts of a session's requests, none older than a minute before the last.
  private var sessionStarts: [Session: [Timestamp]] = [:]

  package init() {}

  /// Forgets what ended before `time`. Times only rise.
  package mutating func advance(to time: Timestamp) {
    if day != time.day {
      day = time.day
      classSpend.removeAll(keepingCapacity: true)
      sessionSpend.removeAll(keepingCapacity: true)
      let minuteAgo = Self.minute(before: time)
      sessionStarts = sessionStarts.filter { $0.value.last.map { $0 >= minuteAgo } ?? false }
    }
    if month != time.day.month {
      month = time.day.month
      monthSpend = monthSpend.filter { ownMonths[$0.key] != nil }
      monthLimits = monthLimits.filter { ownMonths[$0.key] != nil }
    }
  }

  /// Has a tenant's budget month begin at `start`, whatever the calendar's: what was booked in the
  /// month before is forgotten. Starts only rise.
  package mutating func beginMonth(of tenant: Name, at start: Timestamp) {
    guard ownMonths[tenant] != start else { return }
    ownMonths[tenant] = start
    monthSpend[tenant] = nil
    monthLimits[tenant] = nil
  }

  package func spentThisMonth(_ tenant: Name) -> Money { monthSpend[tenant] ?? .zero }

  /// Of a balance that was paid in advance and holds from `day` on, as far as it is booked.
  package func spentOfPrepaid(_ tenant: Name, since day: UTCDay) -> Money {
    guard let prepaid = prepaidSpend[tenant], prepaid.since == day else { return .zero }
    return prepaid.spent
  }

  /// The latest limit that events named this month.
  package func limit(_ tenant: Name) -> Money? { monthLimits[tenant] }

  package func spentToday(_ tenant: Name, in trafficClass: TrafficClass) -> Money {
    classSpend[TenantClass(tenant: tenant, trafficClass: trafficClass)] ?? .zero
  }

  package func spentToday(_ tenant: Name, session: Name) -> Money {
    sessionSpend[Session(tenant: tenant, session: session)] ?? .zero
  }

  /// Requests of a session that started in the minute before `time`.
  package func requestsLastMinute(_ tenant: Name, session: Name, at time: Timestamp) -> Int64 {
    let minuteAgo = Self.minute(before: time)
    let starts = sessionStarts[Session(tenant: tenant, session: session)] ?? []
    return Int64(starts.count { $0 >= minuteAgo })
  }

  package mutating func note(limit: Money, of tenant: Name) { monthLimits[tenant] = limit }

  /// Books a request that starts at `time`, under a prepaid balance that holds from `prepaid` on.
  package mutating func book(
    _ cost: Money, _ tenant: Name, in trafficClass: TrafficClass?, session: Name?,
    prepaid: UTCDay? = nil, at time: Timestamp
  ) {
    Self.add(cost, to: &monthSpend[tenant])
    if let prepaid {
      var spent: Money? = spentOfPrepaid(tenant, since: prepaid)
      Self.add(cost, to: &spent)
      prepaidSpend[tenant] = (prepaid, spent ?? .zero)
    }
    if let trafficClass {
      Self.add(cost, to: &classSpend[TenantClass(tenant: tenant, trafficClass: trafficClass)])
    }
    guard let session else { return }
    let key = Session(tenant: tenant, session: session)
    Self.add(cost, to: &sessionSpend[key])
    let minuteAgo = Self.minute(before: time)
    sessionStarts[key, default: []].removeAll { $0 < minuteAgo }
    sessionStarts[key, default: []].append(time)
  }

  private static func add(_ cost: Money, to sum: inout Money?) {
    let total = Int128(sum?.nanoUSD ?? 0) + Int128(cost.nanoUSD)
    sum = Money(nanoUSD: Int64(clamping: total))
  }

  private static func minute(before time: Timestamp) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds - 60_000)
  }
}
