internal import Traffic
internal import Units

/// The ledger's numbers for those that a run's reader gives to names and routes.
struct RunBook {
  /// By kind and the run's number; 0 is a name not given.
  private var numbers = [[Int64]](repeating: [0], count: EventBatch.nameKinds)
  private var routes: [Dimensions.StoredRoute] = []

  mutating func add(_ id: Int64, kind: Int) { numbers[kind].append(id) }

  mutating func add(_ route: Dimensions.StoredRoute) { routes.append(route) }

  /// A line as the ledger keeps it, under its event's id.
  func line(_ event: EventBatch.Event, id: ArraySlice<UInt8>, file: Int64) -> StoredLine {
    let route = event.route == 0 ? nil : routes[Int(event.route) - 1]
    let reason = numbers[EventBatch.decisionReasons][Int(event.decisionReason)]
    var line = StoredLine(
      event: id, contentHash: event.storedHash, position: event.position, index: event.index,
      link: Link(
        startedAt: event.startedAt, context: context(of: event), action: event.action,
        route: route?.key,
        pricedAs: event.pricedAs == 0 ? nil : routes[Int(event.pricedAs) - 1].key.model,
        outcome: event.outcome, usage: event.usage,
        reportedCost: event.reportedCost, revenue: event.revenue),
      route: route?.id, failure: event.failure, latencyMilliseconds: event.latencyMilliseconds,
      budget: event.budget, decisionStep: event.decisionStep,
      decisionReason: reason == 0 ? nil : reason, file: file, line: event.line)
    if event.isRetry { line.link.isRetry = true }
    if event.answeredAs != 0 { line.link.answeredAs = routes[Int(event.answeredAs) - 1].key.model }
    return line
  }

  func context(of event: EventBatch.Event) -> Context {
    var context = Context()
    for kind in 0..<EventBatch.decisionReasons {
      context.attribution[kind] = numbers[kind][Int(event.attribution[kind])]
    }
    context.trafficClass = event.trafficClass
    if event.primary != 0 { context.primary = routes[Int(event.primary) - 1].key }
    return context
  }
}
