internal import Traffic
internal import Units

/// The ledger's numbers for those that a run's reader gives to names and routes.
final class RunBook {
  /// The ledger's numbers of the names of one kind by the run's; 0 is a name not given.
  private final class Numbers {
    // Only added to between batches, so no access needs a check of its own.
    @exclusivity(unchecked) private var numbers: UnsafeMutablePointer<Int64> = .allocate(
      capacity: 64)
    @exclusivity(unchecked) private var room = 64
    @exclusivity(unchecked) private var count = 1

    init() { numbers[0] = 0 }

    deinit { numbers.deallocate() }

    func append(_ id: Int64) {
      if count == room {
        let larger = LargeMemory.allocate(Int64.self, count: 2 * room)
        larger.moveInitialize(from: numbers, count: count)
        numbers.deallocate()
        numbers = larger
        room *= 2
      }
      (numbers + count).initialize(to: id)
      count += 1
    }

    subscript(number: Int32) -> Int64 {
      precondition(number >= 0 && number < count, "a batch names what its book does not")
      return numbers[Int(number)]
    }
  }

  private let numbers = (0..<EventBatch.nameKinds).map { _ in Numbers() }
  @exclusivity(unchecked) private var routes: [Dimensions.StoredRoute] = []

  /// The indices of the fields whose names have numbers.
  private static let numbered = AttributionField.allCases
    .filter { $0.unboundedPlace == nil }.map(\.index)

  func add(_ id: Int64, kind: Int) { numbers[kind].append(id) }

  func add(_ route: Dimensions.StoredRoute) { routes.append(route) }

  /// A line as the ledger keeps it, under its event's id; `texts` are its batch's.
  func line(
    _ event: borrowing EventBatch.Event, _ texts: [UInt8], id: ArraySlice<UInt8>, file: Int64
  ) -> StoredLine {
    let route = event.route == 0 ? nil : routes[Int(event.route) - 1]
    let reason = numbers[EventBatch.decisionReasons][event.decisionReason]
    var line = StoredLine(
      event: id, contentHash: event.storedHash, position: event.position, index: event.index,
      link: Link(
        startedAt: event.startedAt, context: context(of: event, texts), action: event.action,
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

  func context(of event: borrowing EventBatch.Event, _ texts: [UInt8]) -> Context {
    var context = Context()
    for field in Self.numbered {
      context.attribution[field] = numbers[field][event.attribution[field]]
    }
    context.unbounded = UnboundedNames(texts, event.unbounded)
    context.trafficClass = event.trafficClass
    if event.primary != 0 { context.primary = routes[Int(event.primary) - 1].key }
    return context
  }
}
