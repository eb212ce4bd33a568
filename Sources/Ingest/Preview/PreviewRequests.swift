package import Traffic
internal import Units

/// The requests of a preview, derived as the ledger derives them.
package struct PreviewRequest: Sendable {
  package let id: Name
  package let status: RequestStatus
  /// In their order.
  package let lines: [LogPreview.Line]
}

extension LogPreview {
  /// The requests, by the start of their lowest attempts, then by their ids.
  package func requests() -> [PreviewRequest] {
    var numbers = RouteNumbers()
    let byRequest = Dictionary(grouping: lines) { $0.attempt.requestID }
    let requests = byRequest.compactMap { id, lines -> PreviewRequest? in
      let ordered = lines.sorted { left, right in
        (left.attempt.position, left.attempt.eventID)
          < (right.attempt.position, right.attempt.eventID)
      }
      let links = ordered.map { numbers.link($0.attempt) }
      return Chain(links).map { PreviewRequest(id: id, status: $0.status, lines: ordered) }
    }
    return requests.sorted { left, right in
      let starts = (left.lines[0].attempt.startedAt, right.lines[0].attempt.startedAt)
      return starts.0 == starts.1 ? left.id < right.id : starts.0 < starts.1
    }
  }
}

/// Numbers for routes, as a ledger gives them.
private struct RouteNumbers {
  private var numbers: [Name: Int64] = [:]

  private mutating func number(_ name: Name) -> Int64 {
    if let known = numbers[name] { return known }
    let new = Int64(numbers.count + 1)
    numbers[name] = new
    return new
  }

  private mutating func key(_ route: Route) -> RouteKey {
    RouteKey(
      model: number(Name(route.model.description)),
      group: route.group.map { number(Name("group \($0)")) })
  }

  mutating func link(_ attempt: Attempt) -> Link {
    var context = Context()
    context.primary = attempt.primary.map { key($0) }
    var link = Link(
      startedAt: attempt.startedAt, context: context, action: attempt.action,
      route: attempt.route.map { key($0) }, outcome: attempt.outcome, usage: attempt.usage,
      reportedCost: attempt.reportedCost, revenue: attempt.revenue)
    link.isRetry = attempt.isRetry
    return link
  }
}
