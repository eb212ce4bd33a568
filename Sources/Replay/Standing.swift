import PolicyEngine
import Traffic
import Units

/// What a gateway knew at each line of a request, as far as a policy can tell it apart.
struct Standing {
  /// What the first line knew.
  private(set) var first = Gate(rank: 0)
  /// What later lines knew, where that is something else.
  private var later: [Gate] = []
  private var ladder: BudgetLadder

  init(_ tree: DecisionTree) { ladder = BudgetLadder(tree.thresholds) }

  /// What is known when the line after `lines` others is decided, `elapsed` milliseconds on.
  func gate(_ lines: Int, elapsed: Double, _ limits: DecisionTree.Limits) -> Gate {
    // After the last line, what it knew still holds.
    var gate = lines == 0 || later.isEmpty ? first : later[min(lines, later.count) - 1]
    gate.set(.elapsed, elapsed >= limits.elapsedMilliseconds)
    return gate
  }

  mutating func set(
    _ request: Trace.Request, _ trace: Trace, _ book: TenantBook, _ tree: DecisionTree
  ) {
    let limits = tree.limits[Int(request.profile)]
    var gate = Gate(rank: 0)
    if tree.rejectsPrepaidExhausted {
      gate.set(
        .prepaidExhausted, book.isPrepaidExhausted(stated: trace.prepaidBalance(request)))
    }
    gate.set(
      .dailyBudget,
      book.isDailyBudgetSpent(limits.trafficClass, limitNanoUSD: limits.dailyNanoUSD))
    gate.set(.loopGuard, book.isLooping(request.session, at: request.startedAt))
    let spent = book.monthSpend
    first = gate
    first.rank = ladder.rank(
      spentNanoUSD: spent &+ request.spentOffsetNanoUSD, limitNanoUSD: request.limitNanoUSD)
    if !later.isEmpty { later.removeAll(keepingCapacity: true) }
    guard request.lineCount > 1, !trace.laterStandings.isEmpty else { return }
    for line in request.lines.dropFirst() {
      guard let told = trace.laterStandings[Int32(line)] else {
        later.append(first)
        continue
      }
      let offset =
        told.spent.map { $0.nanoUSD &- book.recordedMonth } ?? request.spentOffsetNanoUSD
      var own = gate
      own.rank = ladder.rank(
        spentNanoUSD: spent &+ offset,
        limitNanoUSD: told.limit?.nanoUSD ?? request.limitNanoUSD)
      later.append(own)
    }
  }
}
