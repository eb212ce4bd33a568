import PolicyEngine
import Pricing
package import Traffic
import Units

/// Lives through a world: each element is the lines of one request, in the order of their starts.
///
/// What the gateway knows (budget, spend of the class, session) is as of the request's start and stays
/// so for all its decisions; `elapsed_ms` is the sum of the latencies so far, time put off not counted.
package struct Simulator: Sequence, IteratorProtocol {
  private let world: World
  private let draws: Draws
  private let health: ProviderHealth
  private let tag: String
  private let arrivals: [Arrival]
  private var done = 0
  private var accounts = Accounts()
  private var load: LoadMeter

  package init(_ world: World) {
    self.world = world
    draws = Draws(seed: world.seed)
    health = ProviderHealth(draws, outages: world.outages)
    tag = world.tag
    load = LoadMeter(world.strain)
    arrivals = world.arrivals(draws)
  }

  /// The lines of the next request; nil once all have been.
  package mutating func next() -> [Attempt]? {
    guard done < arrivals.count else { return nil }
    let arrival = arrivals[done]
    done += 1
    let request = Request(
      id: Name("\(tag)-\(padded(done))"), arrival: arrival, world: world, draws: draws,
      health: health)

    let time = arrival.startedAt
    let session = request.attribution[.session]
    let trafficClass = request.trafficClass
    var question = Question(
      attribution: request.attribution, givenClass: request.workflow.givenClass,
      primary: request.primary)
    let spent = accounts.spentThisMonth(arrival.tenant, at: time)
    let limit = world.tenants[arrival.tenant].monthlyBudget
    question.budgetUtilisation = limit.flatMap { Ratio(spent, of: $0) }
    question.classSpendToday = accounts.spentToday(arrival.tenant, on: trafficClass, at: time)
    question.sessionCostToday = accounts.costToday(of: session, at: time)
    question.sessionRequestsLastMinute = accounts.begin(session, at: time)

    let walk = request.walk(
      question, budget: BudgetSnapshot(limit: limit, spent: spent), load: &load)
    accounts.book(
      walk.cost, tenant: arrival.tenant, trafficClass: trafficClass, session: session, at: time)
    return walk.lines
  }

  /// With as many digits as the last one needs, so that names sort as requests started.
  private func padded(_ number: Int) -> String {
    let digits = String(number)
    let width = Swift.max(6, String(arrivals.count).utf8.count)
    return String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
