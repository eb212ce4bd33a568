package import Units

/// A route by the ledger's numbers for its model and group.
package struct RouteKey: Hashable, Sendable {
  package let model: Int64
  package let group: Int64?

  package init(model: Int64, group: Int64?) {
    self.model = model
    self.group = group
  }

  /// events.md, "Same route", as ``Route/isSame(as:)``.
  package func isSame(as other: RouteKey) -> Bool {
    if let group, let otherGroup = other.group { return group == otherGroup }
    return model == other.model
  }
}

/// The context a line repeats from its request: names by the ledger's numbers, 0 for one not given.
package struct Context: Hashable, Sendable {
  /// By ``AttributionField/index``. Of names that have a text and no number 1 says that one is given.
  package var attribution = SIMD16<Int64>(repeating: 0)
  package var unbounded = UnboundedNames() {
    didSet {
      for (place, field) in AttributionField.unbounded.enumerated() {
        attribution[field.index] = unbounded.places[place] == nil ? 0 : 1
      }
    }
  }
  package var trafficClass: TrafficClass?
  package var primary: RouteKey?

  package init() {}

  /// Whether this context, of a higher attempt, says otherwise than the lowest attempt's.
  /// What it leaves out it does not say.
  package func contradicts(_ lowest: Context) -> Bool {
    for field in AttributionField.allCases {
      if attribution[field.index] != 0, !says(of: field, sameAs: lowest) { return true }
    }
    if let trafficClass, trafficClass != lowest.trafficClass { return true }
    if let primary, primary != lowest.primary { return true }
    return false
  }

  /// Whether both name the same in a field, or nothing.
  package func says(of field: AttributionField, sameAs other: Context) -> Bool {
    attribution[field.index] == other.attribution[field.index]
      && unbounded.says(of: field, sameAs: other.unbounded)
  }

  /// Takes over what another says of a field.
  package mutating func take(_ field: AttributionField, from other: Context) {
    if field.unboundedPlace == nil {
      attribution[field.index] = other.attribution[field.index]
    } else {
      unbounded[field] = other.unbounded[field]
    }
  }
}

/// A line of a request as the request's derivation needs it.
package struct Link: Hashable, Sendable {
  package var startedAt: Timestamp
  package var context: Context
  package var action: Action
  package var route: RouteKey?
  /// The model of which the price holds where the route's own has none; nil if the log names none.
  package var pricedAs: Int64?
  package var outcome: Outcome?
  package var usage: Usage
  package var reportedCost: Money?
  package var revenue: Money?
  /// The log marks it as a retry: it is on the route of the line before it.
  package var isRetry = false
  /// The ledger's number of the model that answered, where it goes by another name than the route's.
  package var answeredAs: Int64?

  package init(
    startedAt: Timestamp, context: Context, action: Action = .model, route: RouteKey? = nil,
    pricedAs: Int64? = nil, outcome: Outcome? = nil, usage: Usage = Usage(),
    reportedCost: Money? = nil, revenue: Money? = nil
  ) {
    self.startedAt = startedAt
    self.context = context
    self.action = action
    self.route = route
    self.pricedAs = pricedAs
    self.outcome = outcome
    self.usage = usage
    self.reportedCost = reportedCost
    self.revenue = revenue
  }
}

/// How a request ended (events.md, "Status"). Raw values are printed.
package enum RequestStatus: String, CaseIterable, Sendable {
  case servedPrimary = "served_primary"
  case servedFallback = "served_fallback"
  case servedCached = "served_cached"
  case servedDefault = "served_default"
  case deferred
  case rejected
  case failed

  package var isServed: Bool {
    switch self {
    case .servedPrimary, .servedFallback, .servedCached, .servedDefault: true
    case .deferred, .rejected, .failed: false
    }
  }

  /// Its place among all, from 0; also its code in the ledger.
  package var place: Int {
    switch self {
    case .servedPrimary: 0
    case .servedFallback: 1
    case .servedCached: 2
    case .servedDefault: 3
    case .deferred: 4
    case .rejected: 5
    case .failed: 6
    }
  }
}

/// What the lines of a request say together, before any price or policy (events.md, "The request").
package struct Chain: Hashable, Sendable {
  /// Of the lowest attempt.
  package let startedAt: Timestamp
  package let context: Context
  /// The primary of the lowest attempt or, where its log states none, the route it took.
  package let primary: RouteKey?
  /// The place in the links of the lowest attempt that is a model's success.
  package let servingIndex: Int?
  package let status: RequestStatus
  /// What events say the tenant pays, of the highest attempt that says it.
  package let revenue: Money?
  /// Higher attempts whose context says otherwise than the lowest's.
  package let attributionConflicts: Int

  /// - Parameter links: the request's lines in the order of their positions; nil if there are none.
  package init?(_ links: [Link]) {
    guard let lowest = links.first else { return nil }
    startedAt = lowest.startedAt
    context = lowest.context
    let primary = lowest.context.primary ?? lowest.route
    self.primary = primary
    servingIndex = links.firstIndex { $0.action == .model && $0.outcome == .success }
    revenue = links.last { $0.revenue != nil }?.revenue
    attributionConflicts = links.dropFirst().count { $0.context.contradicts(lowest.context) }

    func has(_ actions: Action...) -> Bool { links.contains { actions.contains($0.action) } }
    status =
      if let servingIndex, let route = Self.route(of: servingIndex, in: links) {
        primary.map(route.isSame) ?? true ? .servedPrimary : .servedFallback
      } else if has(.cachedResponse) {
        .servedCached
      } else if has(.defaultResponse) {
        .servedDefault
      } else if has(.queue, .pause, .manualReview) {
        .deferred
      } else if has(.reject) {
        .rejected
      } else {
        .failed
      }
  }

  /// Of a request that has but this line: as ``init(_:)``, without a list.
  package init(only link: Link) {
    startedAt = link.startedAt
    context = link.context
    primary = link.context.primary ?? link.route
    let isServing = link.action == .model && link.outcome == .success
    servingIndex = isServing ? 0 : nil
    revenue = link.revenue
    attributionConflicts = 0
    status =
      if isServing, let route = link.route {
        primary.map(route.isSame) ?? true ? .servedPrimary : .servedFallback
      } else {
        switch link.action {
        case .model: .failed
        case .cachedResponse: .servedCached
        case .defaultResponse: .servedDefault
        case .queue, .pause, .manualReview: .deferred
        case .reject: .rejected
        }
      }
  }

  /// The route of a line; of one that its log marks as a retry that of the line it repeats, since a
  /// retry may reach another deployment of the group.
  private static func route(of index: Int, in links: [Link]) -> RouteKey? {
    var head = index
    while head > 0, links[head].isRetry { head -= 1 }
    return links[head].route ?? links[index].route
  }
}
