/// What a replay is unsure of, one thing at a time: each is moved up and down by about its standard
/// error, and the whole month replayed, so that what budgets make of it counts too.
struct Doubts {
  struct Pair {
    let high: Evidence.Doubt
    let low: Evidence.Doubt
  }

  private(set) var pairs: [Pair] = []
  /// Every tenant's spend a standard error above, and below.
  let spends: [Evidence.Doubt]

  /// Models that take less than this share of the modelled cost are moved together.
  private static let smallShare = 0.05

  init(_ sums: WalkSums, _ evidence: Evidence) {
    spends = [1, -1].map { errors in
      var doubt = Evidence.Doubt.none
      doubt.spendErrors = errors
      return doubt
    }
    let cost = sums.modelled.map(\.cost).sorted().reduce(0, +)
    let models = sums.modelledModels
    let large = models.filter { sums.modelled[$0].cost > Self.smallShare * cost }
    let small = models.filter { !large.contains($0) }
    for models in large.map({ [$0] }) + (small.isEmpty ? [] : [small]) {
      for measure in [TokenMeasure.output, .input] {
        pairs.append(
          Self.pair { doubt, sign in
            doubt.shifts = Array(repeating: 0, count: 3 * evidence.models.count)
            for model in models { doubt.shifts[Evidence.Doubt.place(measure, model)] = sign }
            // What is not read from a cache is paid in full.
            if measure == .input {
              for model in models { doubt.shifts[Evidence.Doubt.place(.cached, model)] = -sign }
            }
          })
      }
    }
    // Limits on calls are met the more often the more calls there are, also those that nobody sees.
    let factor = evidence.limits == nil && evidence.failures.hangsOnLoad ? 3 : 1.5
    pairs.append(Self.pair { $0.failureFactor = $1 > 0 ? factor : 1 / factor })
    if evidence.limits != nil { pairs.append(Self.pair { $0.loadFactor = 1 + 0.2 * $1 }) }
    pairs.append(Self.pair { $0.portability = $1 > 0 ? 1 : 0.7 })
  }

  private static func pair(_ change: (inout Evidence.Doubt, Double) -> Void) -> Pair {
    var high = Evidence.Doubt.none
    var low = Evidence.Doubt.none
    change(&high, 1)
    change(&low, -1)
    return Pair(high: high, low: low)
  }
}
