import LedgerStore
import PolicyEngine
import Pricing
import Replay
import Scale
import Units

extension LongSums {
  /// Adds what a policy would have done with all traffic of a ledger, and whether the policy in force
  /// accounts for it: counts in millionths, amounts in nano-USD, with the ends of their intervals of 95 %.
  ///
  /// - Throws: ``CommandFailure`` where the traffic says too little of the policy's models.
  mutating func add(_ candidate: Policy, replayedOn ledger: Ledger) throws {
    let reading = try ledger.read {
      try ReplayReader.read($0, Period(from: nil, to: nil), for: [candidate])
    }
    try reading.checkNotEmpty()
    let outcome = reading.prepared(for: [candidate], assuming: []).run(candidate, Replay.Options())
    try ReplayReader.Reading.check(outcome.grounding, [])
    func add(_ measure: String, _ value: Int128) {
      self.add(
        value,
        to: LongRow.Place(report: "replay", dimensions: Dimensions.none, measure: measure))
    }
    for (place, measure) in MeasureRow.counts.enumerated() {
      let name = measure.rawValue + "_millionths"
      let (low, high) = outcome.interval(place)
      add(name, outcome.totals[measure])
      add(name + "_low", Int128((low * 1e6).rounded()))
      add(name + "_high", Int128((high * 1e6).rounded()))
    }
    for (place, measure) in MeasureRow.amounts.enumerated() {
      let name = measure.rawValue.replacing("_usd", with: "_nano_usd")
      let (low, high) = outcome.interval(MeasureRow.counts.count + place)
      add(name, Int128(outcome.totals[measure].nanoUSD))
      add(name + "_low", Int128(low.rounded()))
      add(name + "_high", Int128(high.rounded()))
    }
    add("fidelity_requests", Int128(reading.fidelity.requests))
    add("fidelity_reproduced", Int128(reading.fidelity.reproduced))
    add("fidelity_drifted", Int128(reading.fidelity.drifted))
  }
}
