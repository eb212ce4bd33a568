import PolicyEngine
import Pricing
import Traffic
import Units

/// Walks requests under a policy: a call that the log has takes its recorded outcome; one that it does
/// not have may go several ways, each with its probability. No draw is made, no request is dropped.
struct Walk {
  let trace: Trace
  let prices: PriceBook
  /// nil where only what is recorded is to be followed.
  let evidence: Evidence?
  let groups: FailureGroups?
  /// What the policy does to the load, as far as it is known.
  let load: ChangedLoad?
  let tree: DecisionTree
  var sums: WalkSums
  let dimension: LeafDimension
  /// There was no evidence for a call that the log does not have: the sums are worth nothing.
  var isStuck = false
  /// Requests whose steps are noted, and what was.
  var watched: Set<Int> = []
  private(set) var watches: [Int: Watch] = [:]
  var watch: Watch?
  /// Of the tree's models, by the policy alone.
  let grades: [Grade?]
  let usefulOutputTokens: Int64
  /// Whether calls are counted by model and time: only by the best estimate.
  let notesLoad: Bool

  // Of the request under way.
  var request = Trace.Request.placeholder
  var requestCost = Spend()
  /// -1 where it hangs on how the request ends.
  var slot = 0
  var standing: Standing
  var moments = Moments()
  private var costVariance = 0.0
  var hasLeftLog = false
  /// The calls of the request's ways, where limits hang on them.
  var calls: [ChangedLoad.Change] = []
  /// Whether sums are kept apart by tenant, and which one it is; -1 for all.
  private let perTenant: Bool
  private(set) var tenantNumber: Int32 = -1
  var fees: FeeShare?

  init(
    _ trace: Trace, _ prices: PriceBook, _ evidence: Evidence?, _ policy: Policy,
    _ groups: FailureGroups?, _ load: ChangedLoad?, dimension: LeafDimension,
    perTenant: Bool = false
  ) {
    self.load = load
    self.perTenant = perTenant
    self.trace = trace
    self.prices = prices
    self.evidence = evidence
    let tree = DecisionTree(policy, trace, models: prices.models)
    self.tree = tree
    self.groups = groups
    self.dimension = dimension
    grades = tree.models.map { policy.grade(of: $0) }
    usefulOutputTokens = policy.definition.usefulOutputTokens
    notesLoad = !perTenant && evidence?.doubt == Evidence.Doubt.none
    standing = Standing(tree)
    sums = WalkSums(trace, models: tree.models.count)
  }

  /// What was summed up so far; the walk begins anew.
  mutating func takeSums() -> WalkSums {
    var taken = WalkSums(trace, models: tree.models.count)
    swap(&taken, &sums)
    return taken
  }

  /// Replays requests of one tenant, in their order; what it has spent when they end.
  /// `earlier` is what it had spent before them, where they are not its first.
  @discardableResult
  mutating func tenant(
    _ range: Range<Int>, after earlier: TenantBook? = nil, crossings: inout Crossings?
  ) -> TenantBook? {
    guard let first = range.first else { return earlier }
    let tenant = trace.tenant(of: first)
    fees = trace.histories[Int(tenant)].flatMap { $0.hasFees ? FeeShare($0) : nil }
    defer { fees?.finish(&sums) }
    tenantNumber = perTenant ? tenant : -1
    crossings?.begin()
    var book =
      earlier
      ?? TenantBook(
        trace, tenant: tenant, tree.policy.loopLimits,
        spendErrors: evidence?.doubt.spendErrors ?? 0)
    for index in range {
      request = trace.request(index)
      book.advance(to: request.startedAt)
      requestCost = Spend()
      costVariance = 0
      if request.isContext {
        context(index)
      } else {
        standing.set(request, trace, book, tree)
        crossings?.note(request, book)
        replay(index)
        if isStuck { return nil }
      }
      book.book(
        requestCost, recorded: request.cost.nanoUSD,
        tree.limits[Int(request.profile)].trafficClass, session: request.session,
        at: request.startedAt, variance: costVariance)
    }
    return book
  }

  private mutating func replay(_ index: Int) {
    slot = dimension.isEmpty ? sums.slot(group: request.group, leaf: 0, tenant: tenantNumber) : -1
    hasLeftLog = false
    let isWatched = !watched.isEmpty && watched.contains(index)
    if !isWatched, followsOnlyCall(index) {
      sums.noteUnchanged()
      return
    }
    moments = Moments()
    calls.removeAll(keepingCapacity: true)
    watch = isWatched ? Watch() : nil
    if trace.isProbe(index) {
      keep()
    } else {
      follow(Path(node: tree.root(request.profile)))
    }
    if let watch { watches[index] = watch }
    noteChangedCalls()
    if !moments.isEmpty {
      costVariance = (evidence?.failures.dispersion ?? 1) * moments.variance(18)
      sums.add(moments, request, slot)
    }
    sums.noteRequest(
      index, recorded: request.cost.nanoUSD, cost: requestCost, isWhole: moments.isEmpty,
      isInStep: !hasLeftLog)
  }

  /// The commonest request: its only call succeeded, and the policy asks for that very call.
  private mutating func followsOnlyCall(_ index: Int) -> Bool {
    let row = trace.rows[index]
    guard !row.hasSeveralLines, row.work.isSuccess, row.route >= 0,
      load == nil || flip(of: index, Path(node: 0)) == 0
    else { return false }
    let gate = standing.gate(0, elapsed: 0, tree.limits[Int(request.profile)])
    guard case .model(let route) = tree.answer(tree.root(request.profile), gate).next,
      tree.isSame(Int(row.route), route)
    else { return false }
    let line = row.line
    var way = Way()
    way.take(line)
    sums.noteRecorded(1, line)
    end(way, serving: Serving(line), status: status(ofServing: Int(row.route)))
    return true
  }

  /// A request outside the period: booked as recorded, and seen by means of planned cost alone.
  private mutating func context(_ index: Int) {
    requestCost.exact = request.cost.nanoUSD
    let primary = trace.profiles[Int(request.profile)].primary
    guard let at = request.lines.first(where: { trace.line($0).work.isSuccess }) else { return }
    let line = trace.line(at)
    if tree.isSame(Int(line.route), primary) {
      sums.addContext(request, line.cost.nanoUSD)
    } else if let planned = trace.planned(request) {
      sums.addContext(request, planned.nanoUSD)
    } else {
      let price = prices.price(trace.modelOfRoute[primary], request.day)
      sums.addContext(request, price?.cost(of: line.usage)?.nanoUSD)
    }
    fees?.add(request, slot: -1, weight: 1, isWhole: true)
  }
}
