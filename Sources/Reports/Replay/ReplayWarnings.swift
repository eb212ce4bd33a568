import Replay
import Units

extension ReplayReport {
  /// What a reader should know before believing the figures.
  var warnings: [String] {
    var warnings: [String] = []
    let grounding = outcome.grounding
    if fidelity.requests > 0, fidelity.drifted * 200 > fidelity.requests {
      warnings.append(
        "More than 0.5 % of the requests drift from the policy in force: the difference holds what "
          + "the gateway did otherwise too. `policy drift` lists them.")
    }
    if fidelity.withoutPolicy > 0 {
      warnings.append(
        "\(ReadingText.requests(fidelity.withoutPolicy)) started before any policy was in force.")
    }
    for part in grounding.unobserved {
      warnings.append(
        "\(part.model) was never called: its "
          + "\(ReadingText.count(Int64(part.attempts.rounded()))) calls are an assumption from its "
          + "price and from other models.")
    }
    if grounding.modelledAttempts > 0, grounding.crossRouteTries < 10 {
      warnings.append(
        "Hardly any request that was refused for its own fault was tried on another route: that "
          + "such faults carry over is an assumption.")
    }
    if grounding.modelledAttempts > 0, let share = grounding.refusedForRate {
      warnings.append(
        "\(ReadingText.share(basisPoints: Int64((share * 10_000).rounded()))) % of the calls were "
          + "refused for their rate. How many are hangs on the load, which this policy moves"
          + (grounding.knowsLimits
            ? ": the limits that the log shows are followed, others are not foreseen."
            : " and this estimate does not follow: only the intervals are wider for it."))
    }
    for load in grounding.overloads {
      warnings.append(
        "\(load.model) would get up to \(ReadingText.count(Int64(load.calls.rounded()))) calls in "
          + "five minutes, around \(load.at); the most on record is "
          + "\(ReadingText.count(load.most)). Limits that it never met are not foreseen.")
    }
    return warnings
  }
}
