internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Reads every request with its lines once, and checks of it all that it shows by itself; what it adds
/// to sums and tables it notes.
///
/// Several walks, each with a connection and a thread of its own, share the requests of a ledger.
final class RequestWalk {
  /// What all walks share.
  struct Ground: Sendable {
    let names: NameKeys
    let rates: Rates
    /// By the ledger's numbers.
    let tenantsWithFees: Set<Int64>
    let lastPublished: Int64
    let factors: SumSketch.Factors
    let seed: UInt64
    let contentHash: @Sendable (AttemptContent) -> UInt64
  }

  /// What is wrong with single requests of a part, in the order of their numbers.
  struct Findings: Sendable {
    var contents = BreachList()
    var derivations = BreachList()
  }

  static let contents = LedgerCheck(
    "contents", "every attempt says what its line said when it was read")

  private let database: Database
  private let ground: Ground
  private let dimensions: Dimensions
  private let derivations: DerivationCheck
  private let rates: RateBook
  private(set) var sums: WalkSums
  /// Kept for its room.
  private let part = RequestPart()

  init(_ database: Database, _ ground: Ground) throws {
    self.database = database
    self.ground = ground
    dimensions = try Dimensions(database)
    derivations = try DerivationCheck(database, ground.rates, dimensions)
    rates = RateBook(ground.rates, dimensions)
    sums = WalkSums(linesOfFile: ground.names.linesOfFile)
  }

  /// Checks the requests of a range of numbers.
  func check(_ ids: ClosedRange<Int64>) throws -> Findings {
    var findings = Findings()
    let scan = try RequestScan(database, dimensions, ids: ids)
    let rollups = try Rollups(database, rates, dimensions)
    while let request = try scan.next() {
      try derivations.compare(request, &findings.derivations)
      checkNumbers(request, scan)
      if !scan.isLone, request.lines.count < 2 { sums.doubt("requests_have_attempts") }
      // What is staged is in no sum yet.
      guard scan.id <= ground.lastPublished else { continue }
      checkContents(request, scan, &findings.contents)
      checkSums(request, scan)
      noteFees(request, scan)
      do {
        try note(request, fee: scan.feeShare, in: rollups)
      } catch {
        sums.doubt(RollupCheck.check.name)
      }
    }
    if scan.hasOrphans {
      // Queries join them in ways of their own.
      for query in Verifier.walkedQueries { sums.doubt(query) }
      sums.doubt(KeyCheck.check.name)
      sums.doubt(FileChecks.references.name)
    }
    sums.add(rollups.cells, ground.factors)
    return findings
  }

  // MARK: references

  private static let columnNames = RequestColumns.names

  private static func place(_ name: String) -> Int {
    guard let place = columnNames.firstIndex(of: name) else {
      preconditionFailure("stored_request is written without \(name)")
    }
    return place
  }

  private static let attributionPlaces = AttributionField.allCases
    .filter { $0.unboundedPlace == nil }.map { ($0.index, place($0.table + "_id")) }
  private static let givenClass = place("given_class")
  private static let primaryRoute = place("primary_route_id")
  private static let termsTier = place("terms_tier_id")
  private static let policyClass = place("policy_class")
  private static let primaryModel = place("primary_model_id")
  private static let status = place("status")
  private static let servedModel = place("served_model_id")
  private static let attempts = place("attempts")
  private static let failedAttempts = place("failed_attempts")
  private static let unpricedAttempts = place("unpriced_attempts")
  private static let catalogAttempts = place("catalog_attempts")
  private static let catalogPart = place("catalog_part_nano_usd")

  /// Whether its numbers, and its lines', name rows.
  private func checkNumbers(_ request: RequestTable.Previous, _ scan: RequestScan) {
    let names = ground.names
    let columns = request.columns
    let isPublished = scan.id <= ground.lastPublished
    var isSound = true
    for (field, place) in Self.attributionPlaces
    where !names.attribution[field].has(columns[place]) { isSound = false }
    let tier = AttributionField.tier.index
    isSound =
      isSound && names.trafficClasses.has(columns[Self.givenClass])
      && names.attribution[tier].has(columns[Self.termsTier])
      && names.trafficClasses.has(columns[Self.policyClass])
      && names.models.has(columns[Self.servedModel])
    // What has no name would fall out of a cut.
    let isNamed =
      names.routes.has(columns[Self.primaryRoute]) && names.models.has(columns[Self.primaryModel])
      && names.statuses.has(columns[Self.status])
      && names.attribution[AttributionField.tenant.index].has(request.tenant)
    var isRouted = true
    for line in scan.numbers {
      if !names.routes.has(line.route) { isRouted = false }
      isSound =
        isSound && names.actions.has(line.action) && names.outcomes.has(line.outcome)
        && names.failureKinds.has(line.failureKind)
        && names.decisionReasons.has(line.decisionReason)
        && names.models.has(line.answeredModel) && names.costSources.has(line.costSource)
        && names.models.has(line.pricedModel)
      // A file that is half taken in gets its row when it is whole.
      if isPublished, !names.files.has(line.file) { isSound = false }
    }
    if !isSound || !isNamed || !isRouted { sums.doubt(FileChecks.references.name) }
    if isPublished, !isNamed || !isRouted { sums.doubt("cuts_add_up") }
  }

  // MARK: contents and keys

  private func checkContents(
    _ request: RequestTable.Previous, _ scan: RequestScan, _ breaches: inout BreachList
  ) {
    let requestKey = TextKey.of(request.name.span)
    sums.requestKeys.add(key: KeyRuns.rounded(requestKey), row: scan.id, seed: ground.seed)
    for (place, line) in request.lines.enumerated() {
      let line = line.line
      let event = line.event
      let eventKey = KeyRuns.rounded(TextKey.of(event.span))
      sums.eventKeys.add(key: eventKey, row: scan.id, seed: ground.seed)
      let content = content(line, scan.numbers[place], request: requestKey)
      let found = Int64(bitPattern: ground.contentHash(content))
      if found != line.contentHash {
        breaches.add(
          "attempt \(String(decoding: event, as: UTF8.self))", found: "the content \(found)",
          expected: "the content \(line.contentHash)")
      }
    }
  }

  private func content(
    _ line: StoredLine, _ numbers: RequestScan.LineNumbers, request: Int64
  ) -> AttemptContent {
    let names = ground.names
    var content = AttemptContent()
    content.request = request
    content.position = line.position
    content.index = line.index
    content.startedMilliseconds = line.link.startedAt.milliseconds
    content.sharesContext =
      !names.sharesContext.isEmpty && names.sharesContext.contains(line.file)
    let context = line.link.context
    for field in content.attribution.indices {
      content.attribution[field] = key(context, field)
    }
    content.trafficClass = context.trafficClass.map(WordKeys.of)
    content.primary = context.primary.flatMap { names.routeKeys[$0] }
    content.action = WordKeys.of(line.link.action)
    content.route = line.route.flatMap { names.routes[$0] }
    content.outcome = line.link.outcome.map(WordKeys.of)
    if let failure = line.failure {
      content.failureKind = WordKeys.of(failure.kind)
      content.failureWord = failure.word.map(AttemptContent.key)
      content.httpStatus = failure.httpStatus
      content.failureMessage = failure.message.map(AttemptContent.key)
    }
    content.latencyMilliseconds = line.latencyMilliseconds
    content.usage = line.link.usage
    content.reportedCostNanoUSD = line.link.reportedCost?.nanoUSD
    content.revenueNanoUSD = line.link.revenue?.nanoUSD
    content.budget = line.budget
    content.decisionStep = line.decisionStep
    content.decisionReason = line.decisionReason.flatMap { names.decisionReasons[$0] }
    content.pricedAs = line.link.pricedAs.flatMap { names.models[$0] }
    content.isRetry = line.link.isRetry
    content.answeredAs = line.link.answeredAs.flatMap { names.models[$0] }
    return content
  }

  /// The key of the name in a field, by its index.
  private func key(_ context: Context, _ field: Int) -> Int64? {
    let id = context.attribution[field]
    guard id != 0 else { return nil }
    let unbounded = AttributionField.allCases[field].unboundedPlace
    if let range = unbounded.flatMap({ context.unbounded.places[$0] }) {
      return TextKey.of(context.unbounded.bytes.span.extracting(range))
    }
    let names = ground.names.attribution[field]
    if let key = names[id] { return key }
    guard !names.isWhole, let name = try? dimensions.name(id, of: AttributionField.allCases[field])
    else { return nil }
    return AttemptContent.key(name.text)
  }

  // MARK: sums

  private func checkSums(_ request: RequestTable.Previous, _ scan: RequestScan) {
    let columns = request.columns
    func value(_ column: StoredColumn) -> Int64 { columns[column.place] ?? 0 }
    var calls: Int64 = 0
    var failures: Int64 = 0
    var unpriced: Int64 = 0
    var priced: Int64 = 0
    var isOver = false
    func add(_ value: Int64, to sum: inout Int64) {
      let (total, overflow) = sum.addingReportingOverflow(value)
      if overflow { isOver = true }
      sum = total
    }
    var pricedCost: Int64 = 0
    var cost: Int64 = 0
    var usage = Usage()
    for (line, numbers) in zip(request.lines, scan.numbers) {
      let lineCost = line.derived[1] ?? 0
      if numbers.action == Code.of(Action.model) { calls += 1 }
      if numbers.outcome == Code.of(Outcome.failure) { failures += 1 }
      if numbers.costSource == Code.of(CostSource.unpriced) { unpriced += 1 }
      if numbers.costSource == Code.of(CostSource.catalog) {
        priced += 1
        add(lineCost, to: &pricedCost)
      }
      add(lineCost, to: &cost)
      add(line.line.link.usage.input, to: &usage.input)
      add(line.line.link.usage.cachedInput, to: &usage.cachedInput)
      add(line.line.link.usage.cacheWrite, to: &usage.cacheWrite)
      add(line.line.link.usage.output, to: &usage.output)
      add(line.line.link.usage.reasoning, to: &usage.reasoning)
      sums.add(attemptCost: lineCost)
      if let file = numbers.file {
        sums.add(accepted: 1, of: file)
        sums.lines.mark(file: file, line: line.line.line)
      }
    }
    sums.add(requestCost: value(.cost))
    let counts = [
      columns[Self.attempts], columns[Self.failedAttempts], columns[Self.unpricedAttempts],
    ]
    let tokens = [
      value(.input), value(.cachedInput), value(.cacheWrite), value(.output), value(.reasoning),
    ]
    var isSum = counts == [calls, failures, unpriced] && value(.cost) == cost
    isSum =
      isSum
      && tokens == [
        usage.input, usage.cachedInput, usage.cacheWrite, usage.output, usage.reasoning,
      ]
    if !scan.isLone {
      isSum = isSum && columns[Self.catalogAttempts] == priced
      isSum = isSum && columns[Self.catalogPart] == pricedCost
    }
    if !isSum || isOver { sums.doubt("request_sums") }
    checkBridge(request, scan)
    if let plan = request.plan { sums.add(plan, ground.factors) }
  }

  /// events.md, "Margin": by its steps as at once. What the plan would have cost cancels out, whether it
  /// is the request's own or a mean that stands in.
  private func checkBridge(_ request: RequestTable.Previous, _ scan: RequestScan) {
    func value(_ column: StoredColumn) -> Int128 { Int128(request.columns[column.place] ?? 0) }
    let revenue =
      Int128(
        request.columns[StoredColumn.eventRevenue.place]
          ?? request.columns[StoredColumn.termsRevenue.place] ?? 0) + Int128(scan.feeShare)
    let cost = value(.cost)
    let serving = cost - value(.wasted)
    let planned = request.columns[StoredColumn.premium.place].map { serving - Int128($0) } ?? 0
    let status = request.columns[Self.status] ?? 0
    var steps = revenue - planned
    if status == 5 || status == 6 || status == 4 { steps -= revenue }
    steps += serving - cost
    steps += status <= 1 ? planned - serving : planned
    let actual = (status <= 3 ? revenue : 0) - cost
    // SQL goes on in floating point where a figure leaves 64 bits.
    let isLarge = [revenue, cost, serving, planned].contains { $0.magnitude >= 1 << 60 }
    if steps != actual || isLarge { sums.doubt("margin_bridge") }
  }

  private func noteFees(_ request: RequestTable.Previous, _ scan: RequestScan) {
    let isServed = (request.columns[Self.status] ?? 0) <= 3
    guard isServed, ground.tenantsWithFees.contains(request.tenant) else {
      if scan.feeShare != 0 { sums.doubt(FeeShareCheck.check.name) }
      return
    }
    sums.note(
      fee: scan.feeShare, of: TenantMonth(tenant: request.tenant, month: request.month),
      at: FeeMarks.Order(
        startedMilliseconds: request.columns[StoredColumn.startedAt.place] ?? 0,
        name: request.name))
  }

  /// What it adds to the sums that reports read.
  private func note(
    _ request: RequestTable.Previous, fee: Int64, in rollups: Rollups
  ) throws {
    part.fill(request, fee: fee)
    try rollups.learn(part)
    for line in request.lines {
      let derived = line.derived
      part.lines.append(
        RequestPart.Line(
          line.line, cost: derived[1] ?? 0, catalog: derived[0],
          source: derived[2].flatMap { Code.word(CostSource.self, $0) }))
    }
    try rollups.add(part, sign: 1)
    for line in part.lines where line.tenant != 0 {
      guard let limit = line.budget.limit else { continue }
      sums.note(
        WalkSums.BudgetMark(at: line.startedAt.milliseconds, limit: limit.nanoUSD),
        of: TenantMonth(
          tenant: line.tenant, month: Int64(line.startedAt.day.month.monthsSince0)))
    }
  }
}

/// The keys of words with a fixed meaning.
private enum WordKeys {
  private static func keys<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> [Int64]
  where Word.RawValue == String { Word.allCases.map { AttemptContent.key($0.rawValue) } }

  private static let actions = keys(Action.self)
  private static let outcomes = keys(Outcome.self)
  private static let trafficClasses = keys(TrafficClass.self)
  private static let failureKinds = keys(FailureKind.self)

  static func of(_ action: Action) -> Int64 { actions[Int(Code.of(action))] }
  static func of(_ outcome: Outcome) -> Int64 { outcomes[Int(Code.of(outcome))] }
  static func of(_ word: TrafficClass) -> Int64 { trafficClasses[Int(Code.of(word))] }
  static func of(_ kind: FailureKind) -> Int64 { failureKinds[Int(Code.of(kind))] }
}
