import PolicyEngine
import Pricing
import Traffic
import Units

/// Walks requests under a policy: a call that the log has takes its recorded outcome; one that it does
/// not have may go several ways, each with its probability. No draw is made, no request is dropped.
struct Walk {
  let trace: Trace
  let evidence: Evidence
  var tree: DecisionTree
  var sums: WalkSums
  let groups: FailureGroups
  let dimension: LeafDimension
  /// Requests whose steps are noted, and what was.
  var watched: Set<Int> = []
  private(set) var watches: [Int: Watch] = [:]
  var watch: Watch?
  /// Of the tree's models, by the policy alone.
  let grades: [Grade?]

  // Of the request under way.
  var request = Trace.Request.placeholder
  var requestCost = Spend()
  /// -1 where it hangs on how the request ends.
  var slot = 0
  var standing = Standing()
  var moments = Moments()
  private var costVariance = 0.0
  var hasLeftLog = false
  /// Whether sums are kept apart by tenant, and which one it is; -1 for all.
  private let perTenant: Bool
  private(set) var tenantNumber: Int32 = -1
  var fees: FeeShare?

  init(
    _ trace: Trace, _ evidence: Evidence, _ tree: DecisionTree, _ groups: FailureGroups,
    dimension: LeafDimension, perTenant: Bool = false
  ) {
    self.perTenant = perTenant
    self.trace = trace
    self.evidence = evidence
    self.tree = tree
    self.groups = groups
    self.dimension = dimension
    grades = tree.models.map { tree.policy.grade(of: $0) }
    sums = WalkSums(cells: trace.planCells.count, months: trace.planMonths.count)
  }

  /// Replays the requests of one tenant, in their order.
  mutating func tenant(_ range: Range<Int>, crossings: inout Crossings) {
    guard let first = range.first else { return }
    let history = trace.histories[Int(trace.requests[first].tenant)]
    fees = history.flatMap { $0.hasFees ? FeeShare($0) : nil }
    defer { fees?.finish(&sums) }
    tenantNumber = perTenant ? trace.requests[first].tenant : -1
    var book = TenantBook(
      history, tree.policy.loopLimits, spendErrors: evidence.doubt.spendErrors)
    for index in range {
      request = trace.requests[index]
      book.advance(to: request.startedAt)
      requestCost = Spend()
      costVariance = 0
      let limits = tree.limits[Int(request.profile)]
      if request.isContext {
        context(index)
      } else {
        standing.set(index, trace, book, tree)
        crossings.note(request, book, standing.gates[0].rank)
        replay(index)
      }
      book.book(
        requestCost, recorded: trace.cost(of: request), limits.trafficClass,
        session: request.session,
        at: request.startedAt, variance: costVariance)
    }
  }

  private mutating func replay(_ index: Int) {
    slot = dimension.isEmpty ? sums.slot(group: request.group, leaf: 0, tenant: tenantNumber) : -1
    moments = Moments()
    hasLeftLog = false
    watch = watched.contains(index) ? Watch() : nil
    follow(Path(node: tree.root(request.profile)))
    if let watch { watches[index] = watch }
    if !moments.isEmpty {
      costVariance = evidence.failures.dispersion * moments.variance(18)
      sums.add(moments, request, slot)
    }
    sums.noteRequest(
      index, recorded: trace.cost(of: request), cost: requestCost, isWhole: moments.isEmpty,
      isInStep: !hasLeftLog)
  }

  /// A request outside the period: booked as recorded, and seen by means of planned cost alone.
  private mutating func context(_ index: Int) {
    requestCost.exact = trace.cost(of: request)
    let primary = trace.profiles[Int(request.profile)].primary
    guard let at = request.lines.first(where: { trace.lines[$0].work.isSuccess }) else { return }
    let line = trace.lines[at]
    if isSame(Int(line.route), primary) {
      sums.addContext(request, line.cost.nanoUSD)
    } else if let planned = request.planned {
      sums.addContext(request, planned.nanoUSD)
    } else {
      let price = evidence.rates.price(trace.modelOfRoute[primary], request.startedAt.day)
      sums.addContext(request, price?.cost(of: line.usage)?.nanoUSD)
    }
    fees?.add(request, slot: -1, weight: 1, isWhole: true)
  }

  func isSame(_ one: Int, _ other: Int) -> Bool {
    one == other || tree.routes[one].isSame(as: tree.routes[other])
  }
}
