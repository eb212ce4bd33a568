import PolicyAnalysis
import PolicyEngine
import Pricing
import Traffic
import Units

@testable import LedgerStore

/// What a gateway knew at each request of a world, worked out by going over all requests for each of
/// them: the slow, obvious twin of ``RecordedRequestReader``.
struct PlainDrift {
  private let plain: PlainSummary
  /// In the order in which they are booked.
  private let requests: [PlainSummary.Request]

  init(_ world: SmallWorld) {
    plain = PlainSummary(world)
    requests = plain.requests.sorted {
      ($0.lowest.startedAt, $0.id) < ($1.lowest.startedAt, $1.id)
    }
  }

  /// The requests of a period, each as it was known when it started.
  ///
  /// Limits that only events name: inside a month the latest of all the month stands in until a request
  /// from the minute before the period on names another (docs/contract.md leaves it open).
  func recorded(in days: DaySpan) -> [RecordedRequest] {
    requests.indices.compactMap { place in
      let day = requests[place].day
      guard days.first.map({ day >= $0 }) ?? true, days.end.map({ day < $0 }) ?? true else {
        return nil
      }
      return recorded(place, asOf: days.first)
    }
  }

  private func recorded(_ place: Int, asOf first: UTCDay?) -> RecordedRequest {
    let request = requests[place]
    let before = requests[..<place]
    let start = request.lowest.startedAt
    let session = request.lowest.attribution[.session]
    func sum(_ of: some Sequence<PlainSummary.Request>) -> Money {
      Money(nanoUSD: Int64(of.reduce(0) { $0 + $1.cost }))
    }
    let ofTenant = before.filter { $0.tenant == request.tenant }
    let today = ofTenant.filter { $0.day == request.day }
    // A request that names no session is in none.
    let inSession = ofTenant.filter { session != nil && $0.lowest.attribution[.session] == session }
    let trafficClass = trafficClass(of: request)
    var attribution = request.lowest.attribution
    if attribution[.tier] == nil { attribution[.tier] = request.terms?.tier }
    let spent = sum(ofTenant.filter { $0.day.month == request.day.month })
    let limit = limit(of: request, before: before, asOf: first)
    return RecordedRequest(
      id: request.id, attribution: attribution, givenClass: request.lowest.trafficClass,
      primary: request.primary,
      lines: request.lines.map { line in
        RecordedLine(
          work(of: line), step: line.decisionStep.map { Int($0) },
          cost: Money(
            nanoUSD: Int64(plain.cost(of: line, for: request.tenant, on: request.day).0)),
          latencyMilliseconds: line.latencyMilliseconds ?? 0,
          standing: RecordedLine.Standing(
            budgetUtilisation: (line.budget.limit ?? request.terms?.monthlyBudget ?? limit)
              .flatMap { Ratio(line.budget.spent ?? spent, of: $0) }))
      },
      classSpendToday: trafficClass.map { wanted in
        sum(today.filter { self.trafficClass(of: $0) == wanted })
      } ?? .zero,
      sessionRequestsLastMinute: Int64(
        inSession.count {
          $0.lowest.startedAt.milliseconds >= start.milliseconds - 60_000
        }),
      sessionCostToday: sum(inSession.filter { $0.day == request.day }),
      isProbe: request.lowest.decisionReason == "probe")
  }

  /// As the policy in force decides it: a rule comes before what the gateway gave. None where no policy
  /// says what classes are for.
  private func trafficClass(of request: PlainSummary.Request) -> TrafficClass? {
    guard let policy = plain.policy(on: request.day) else { return nil }
    return request.workflow.flatMap { policy.classOfWorkflow[$0.text] }
      ?? request.lowest.trafficClass ?? policy.defaultClass
  }

  private func limit(
    of request: PlainSummary.Request, before: ArraySlice<PlainSummary.Request>,
    asOf first: UTCDay?
  ) -> Money? {
    let month = request.day.month
    var opening: Timestamp?
    if let first, first > first.month.firstDay {
      opening = Timestamp(milliseconds: first.start.milliseconds - 60_000)
    }
    let named = before.filter { other in
      other.tenant == request.tenant && other.day.month == month
        && opening.map { other.lowest.startedAt >= $0 } ?? true
        && other.lines.contains { $0.budget.limit != nil }
    }
    if let last = named.last { return last.lines.last { $0.budget.limit != nil }?.budget.limit }
    guard let first, opening != nil, first.month == month else { return nil }
    // The latest that a line of that tenant names, ties by the larger.
    return requests.flatMap(\.lines)
      .filter {
        $0.attribution[.tenant] == request.tenant && $0.startedAt.day.month == month
          && $0.budget.limit != nil
      }
      .max { ($0.startedAt, $0.budget.limit ?? .zero) < ($1.startedAt, $1.budget.limit ?? .zero) }?
      .budget.limit
  }

  private func work(of line: Attempt) -> RecordedLine.Work {
    if let action = StepAction(line.action) { return .acted(action) }
    guard let route = line.route else { return .acted(.reject) }
    if line.outcome == .success { return .succeeded(route) }
    return .failed(route, line.failure?.kind ?? .unknown, outputTokens: line.usage.output)
  }
}
