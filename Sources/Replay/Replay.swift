package import PolicyEngine
package import Pricing
package import Traffic
import Units

/// Recorded traffic, ready to be replayed under policies.
package struct Replay: Sendable {
  package let trace: Trace
  package let prices: [ModelID: PriceHistory]
  /// The policy in force when the traffic was recorded, for budget stages as they were; nil without one.
  package let recordedPolicy: Policy?

  package init(
    _ trace: Trace, prices: [ModelID: PriceHistory], recordedPolicy: Policy?
  ) {
    self.trace = trace
    self.prices = prices
    self.recordedPolicy = recordedPolicy
  }

  package struct Options: Sendable {
    /// What groups hang on beside the requests' own fields.
    package var dimension: LeafDimension = []
    package var withIntervals = true
    /// As many as there are cores where it is nil; the result does not hang on it.
    package var threads: Int?

    package init() {}
  }

  /// Readies the traffic for some policies; the evidence is gathered once for all of them.
  package func prepared(for policies: [Policy], assuming assumed: Set<ModelID> = [])
    -> PreparedReplay
  {
    let named = policies.flatMap(\.calledModels)
    let known = Set(trace.models)
    let models = trace.models + Set(named).subtracting(known).sorted()
    let book = PriceBook(models, prices)
    let trace = trace
    let shelf = EvidenceShelf { tokens in
      Evidence(trace, book, usefulOutputTokens: tokens, assumed: assumed)
    }
    return PreparedReplay(replay: self, prices: book, evidence: shelf)
  }

  var stretches: [Range<Int>] { trace.ofTenant.stretches }
}

extension [Range<Int>] {
  /// Tenants in stretches of about 8,192 requests, which do not hang on the number of threads, and in
  /// no more than about 64: each keeps sums of its own until all are added.
  var stretches: [Range<Int>] {
    let stretch = Swift.max(8_192, (last?.upperBound ?? 0) / 64)
    var stretches: [Range<Int>] = []
    var first = 0
    var count = 0
    for (tenant, range) in enumerated() {
      count += range.count
      if count >= stretch {
        stretches.append(first..<tenant + 1)
        first = tenant + 1
        count = 0
      }
    }
    if first < self.count { stretches.append(first..<self.count) }
    return stretches
  }
}

extension Policy {
  /// The models that its steps name.
  var calledModels: [ModelID] {
    TrafficClass.allCases.flatMap { steps(of: $0) }.compactMap { step in
      if case .model(.named(let model), _) = step.work { model } else { nil }
    }
  }
}
