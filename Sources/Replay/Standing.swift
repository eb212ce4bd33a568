import PolicyEngine
import Traffic
import Units

/// What a gateway knew at each line of a request, as far as a policy can tell it apart.
struct Standing {
  private(set) var gates: [Gate] = []

  /// What is known when the line after `lines` others is decided, `elapsed` milliseconds on.
  func gate(_ lines: Int, elapsed: Double, _ limits: DecisionTree.Limits) -> Gate {
    // After the last line, what it knew still holds.
    var gate = gates[min(lines, gates.count - 1)]
    gate.set(.elapsed, elapsed >= limits.elapsedMilliseconds)
    return gate
  }

  mutating func set(_ index: Int, _ trace: Trace, _ book: TenantBook, _ tree: DecisionTree) {
    gates.removeAll(keepingCapacity: true)
    let request = trace.requests[index]
    let limits = tree.limits[Int(request.profile)]
    let prepaid =
      tree.policy.definition.rejectsPrepaidExhausted
      && book.isPrepaidExhausted(stated: trace.prepaidBalances[Int32(index)])
    let daily = book.isDailyBudgetSpent(
      limits.trafficClass, limitNanoUSD: limits.dailyNanoUSD)
    let looping = book.isLooping(request.session, at: request.startedAt)
    func gate(_ utilisation: Ratio?) -> Gate {
      var gate = Gate(rank: tree.rank(utilisation))
      gate.set(.prepaidExhausted, prepaid)
      gate.set(.dailyBudget, daily)
      gate.set(.loopGuard, looping)
      return gate
    }
    gates.append(
      gate(
        book.utilisation(limit: request.limit, offsetNanoUSD: request.spentOffsetNanoUSD)))
    guard !trace.laterStandings.isEmpty, request.lineCount > 1 else { return }
    for line in request.lines.dropFirst() {
      guard let later = trace.laterStandings[Int32(line)] else {
        gates.append(gates[0])
        continue
      }
      let limit = later.limit ?? request.limit
      let utilisation =
        later.spent.map { book.utilisation(limit: limit, stated: $0) }
        ?? book.utilisation(limit: limit, offsetNanoUSD: request.spentOffsetNanoUSD)
      gates.append(gate(utilisation))
    }
  }
}
