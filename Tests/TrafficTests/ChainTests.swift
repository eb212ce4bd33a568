import Testing
import Traffic
import Units

/// events.md, "The request", rule by rule.
@Suite("Chain")
struct ChainTests {
  private static let primary = RouteKey(model: 1, group: nil)
  private static let other = RouteKey(model: 2, group: nil)

  /// A line of a request whose primary is model 1.
  private static func link(
    _ action: Action = .model, _ route: RouteKey? = nil, _ outcome: Outcome? = nil,
    at second: Int64 = 0, primary: RouteKey? = ChainTests.primary, revenue: Int64? = nil
  ) -> Link {
    var context = Context()
    context.primary = primary
    return Link(
      startedAt: Timestamp(milliseconds: second * 1000), context: context, action: action,
      route: route, outcome: outcome, revenue: revenue.map(Money.init(nanoUSD:)))
  }

  private static let failure = link(.model, primary, .failure)
  private static let otherFailure = link(.model, other, .failure)
  private static let success = link(.model, primary, .success)
  private static let otherSuccess = link(.model, other, .success)

  @Test(
    "has the first status that holds",
    arguments: [
      ([success], .servedPrimary, 0),
      ([failure, success], .servedPrimary, 1),
      ([failure, otherSuccess], .servedFallback, 1),
      ([otherSuccess], .servedFallback, 0),
      ([failure, otherFailure, link(.cachedResponse)], .servedCached, nil),
      ([failure, link(.defaultResponse)], .servedDefault, nil),
      ([link(.defaultResponse), link(.cachedResponse)], .servedCached, nil),
      ([failure, link(.queue)], .deferred, nil),
      ([failure, link(.pause)], .deferred, nil),
      ([failure, link(.manualReview)], .deferred, nil),
      ([link(.reject), link(.queue)], .deferred, nil),
      ([link(.queue), link(.defaultResponse)], .servedDefault, nil),
      ([link(.pause), failure, link(.pause), success], .servedPrimary, 3),
      ([failure, link(.reject)], .rejected, nil),
      ([link(.reject)], .rejected, nil),
      ([failure, otherFailure], .failed, nil),
      ([link(.cachedResponse), failure, otherSuccess], .servedFallback, 2),
    ] as [([Link], RequestStatus, Int?)])
  func hasStatus(links: [Link], status: RequestStatus, serving: Int?) throws {
    let chain = try #require(Chain(links))
    #expect(chain.status == status)
    #expect(chain.servingIndex == serving)
  }

  @Test(
    "a retry that the log marks stays on the route of the line before it",
    arguments: [
      ([failure, retry(otherSuccess)], .servedPrimary),
      ([failure, retry(otherFailure), retry(otherSuccess)], .servedPrimary),
      ([failure, otherFailure, retry(success)], .servedFallback),
      ([retry(otherSuccess)], .servedFallback),
      ([failure, otherSuccess], .servedFallback),
    ] as [([Link], RequestStatus)])
  func retries(links: [Link], status: RequestStatus) throws {
    #expect(try #require(Chain(links)).status == status)
  }

  private static func retry(_ link: Link) -> Link {
    var link = link
    link.isRetry = true
    return link
  }

  @Test("33: has that status in whatever order its steps stand", arguments: 0..<512)
  func hasPrecedence(subset: Int) throws {
    // Higher statuses first; of two successes the lower attempt serves.
    let steps: [(Link, RequestStatus)] = [
      (Self.success, .servedPrimary), (Self.otherSuccess, .servedFallback),
      (Self.link(.cachedResponse), .servedCached), (Self.link(.defaultResponse), .servedDefault),
      (Self.link(.queue), .deferred), (Self.link(.pause), .deferred),
      (Self.link(.manualReview), .deferred), (Self.link(.reject), .rejected),
      (Self.failure, .failed),
    ]
    let chosen = steps.indices.filter { subset >> $0 & 1 == 1 }.map { steps[$0] }
    var random = SeededGenerator(seed: UInt64(subset))
    let shuffled = chosen.shuffled(using: &random)
    let chain = Chain(shuffled.map(\.0))
    if chosen.isEmpty {
      #expect(chain == nil)
      return
    }
    let served = shuffled.firstIndex { $0.0.outcome == .success }
    #expect(chain?.servingIndex == served)
    #expect(chain?.status == served.map { shuffled[$0].1 } ?? chosen[0].1)
  }

  @Test("33: is served by its lowest success, whatever comes after")
  func lowestSuccessServes() throws {
    let chain = try #require(Chain([Self.failure, Self.otherSuccess, Self.success]))
    #expect(chain.servingIndex == 1)
    #expect(chain.status == .servedFallback)
  }

  @Test("an outcome on a step without a model serves nothing")
  func ignoresOutcomesOfOtherSteps() throws {
    let chain = try #require(Chain([Self.failure, Self.link(.reject, nil, .success)]))
    #expect(chain.servingIndex == nil)
    #expect(chain.status == .rejected)
  }

  @Test(
    "a retry on another deployment of the primary's group is no fallback",
    arguments: [
      (RouteKey(model: 1, group: 7), RouteKey(model: 2, group: 7), .servedPrimary),
      (RouteKey(model: 1, group: 7), RouteKey(model: 1, group: 8), .servedFallback),
      (RouteKey(model: 1, group: 7), RouteKey(model: 1, group: nil), .servedPrimary),
      (RouteKey(model: 1, group: nil), RouteKey(model: 2, group: 7), .servedFallback),
    ] as [(RouteKey, RouteKey, RequestStatus)])
  func groupsAreOneRoute(primary: RouteKey, served: RouteKey, status: RequestStatus) throws {
    let chain = try #require(
      Chain([
        Self.link(.model, primary, .failure, primary: primary),
        Self.link(.model, served, .success, primary: primary),
      ]))
    #expect(chain.status == status)
  }

  @Test("30: starts with its lowest attempt, though a higher one began earlier")
  func startsWithLowest() throws {
    let chain = try #require(
      Chain([
        Self.link(.model, Self.primary, .failure, at: 100),
        Self.link(.model, Self.primary, .success, at: 50),
      ]))
    #expect(chain.startedAt == Timestamp(milliseconds: 100_000))
  }

  @Test("takes context and primary from its lowest attempt")
  func takesContext() throws {
    var first = Self.failure
    first.context.attribution[AttributionField.tenant.index] = 5
    first.context.trafficClass = .batch
    var second = Self.success
    second.context.attribution[AttributionField.tenant.index] = 6
    second.context.primary = Self.other
    let chain = try #require(Chain([first, second]))
    #expect(chain.context == first.context)
    #expect(chain.primary == Self.primary)
    #expect(chain.status == .servedPrimary)
  }

  @Test("where its log states no primary, it is the route first taken")
  func infersPrimary() throws {
    let served = try #require(
      Chain([
        Self.link(.model, Self.primary, .failure, primary: nil),
        Self.link(.model, Self.other, .success, primary: nil),
      ]))
    #expect(served.primary == Self.primary)
    #expect(served.status == .servedFallback)
    let retried = try #require(Chain([Self.link(.model, Self.other, .success, primary: nil)]))
    #expect(retried.primary == Self.other)
    #expect(retried.status == .servedPrimary)
    #expect(try #require(Chain([Self.link(.reject, primary: nil)])).primary == nil)
  }

  @Test(
    "has the revenue of the highest attempt that carries it",
    arguments: [
      ([nil, nil], nil), ([5, nil], 5), ([5, 3], 3), ([5, 0, nil], 0), ([nil, 7, nil], 7),
    ] as [([Int64?], Int64?)])
  func hasRevenue(revenues: [Int64?], expected: Int64?) throws {
    let links = revenues.map { Self.link(.model, Self.primary, .failure, revenue: $0) }
    #expect(try #require(Chain(links)).revenue == expected.map(Money.init(nanoUSD:)))
  }

  @Test("counts each higher attempt that says otherwise than the lowest, once")
  func countsConflicts() throws {
    var lowest = Self.failure
    for field in AttributionField.allCases { lowest.context.attribution[field.index] = 1 }
    lowest.context.trafficClass = .batch
    let same = lowest
    var silent = Self.success
    silent.context.primary = nil
    #expect(try #require(Chain([lowest, same, silent])).attributionConflicts == 0)

    var others: [Link] = AttributionField.allCases.map { field in
      var link = lowest
      link.context.attribution[field.index] = 2
      return link
    }
    var classed = lowest
    classed.context.trafficClass = .experiment
    var rerouted = lowest
    rerouted.context.primary = Self.other
    var regrouped = lowest
    regrouped.context.primary = RouteKey(model: 1, group: 3)
    var everything = classed
    everything.context.primary = Self.other
    everything.context.attribution = SIMD16(repeating: 9)
    others += [classed, rerouted, regrouped, everything]
    for link in others {
      #expect(try #require(Chain([lowest, same, link])).attributionConflicts == 1)
    }
    #expect(try #require(Chain([lowest] + others)).attributionConflicts == others.count)
  }

  @Test("a higher attempt that says what the lowest left out says otherwise")
  func countsAdditions() throws {
    var named = Self.success
    named.context.attribution[AttributionField.workflow.index] = 4
    var classed = Self.success
    classed.context.trafficClass = .batch
    #expect(try #require(Chain([Self.failure, named, classed])).attributionConflicts == 2)
  }
}
