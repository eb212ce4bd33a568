import Traffic
import Units

/// How well a provider answers, minute by minute.
struct ProviderHealth: Sendable {
  enum State: Sendable {
    case healthy, slow, down

    /// How many calls in a thousand fail.
    var failurePermille: Int {
      switch self {
      case .healthy: 4
      case .slow: 220
      case .down: 930
      }
    }
  }

  private let draws: Draws
  private let outages: [Outage]

  init(_ draws: Draws, outages: [Outage]) {
    self.draws = draws
    self.outages = outages
  }

  func state(of model: ModelID, at time: Timestamp) -> State {
    let provider = model.provider
    let isOut = outages.contains { outage in
      outage.provider == provider && (outage.model.map { $0 == model.model } ?? true)
        && outage.from <= time && time < outage.to
    }
    if isOut { return .down }
    // An incident may have begun the day before.
    for day in [time.day, time.day.advanced(by: -1)] {
      if let incident = incident(of: provider, on: day), incident.minutes.contains(time.minute) {
        return incident.state
      }
    }
    return .healthy
  }

  /// Minutes since 1970.
  private struct Incident {
    let state: State
    let minutes: Range<Int64>
  }

  /// A provider has an incident every twelve days or so; one in three is an outage, and shorter.
  private func incident(of provider: Name, on day: UTCDay) -> Incident? {
    var random = draws.generator(
      .incident, StableHash.of(provider), UInt64(bitPattern: Int64(day.daysSince1970)))
    guard random.chance(1, in: 12) else { return nil }
    let isDown = random.chance(1, in: 3)
    let first = day.start.minute + Int64(random.below(1440))
    let length = random.within(isDown ? 10...45 : 20...150)
    return Incident(state: isDown ? .down : .slow, minutes: first..<(first + Int64(length)))
  }
}

extension Timestamp {
  /// Since 1970.
  fileprivate var minute: Int64 { milliseconds / 60_000 }
}
