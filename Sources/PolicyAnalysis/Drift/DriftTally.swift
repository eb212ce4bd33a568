package import PolicyEngine
package import Units

/// How often, and how, a gateway left its policy.
package struct DriftTally: Hashable, Sendable {
  package struct Example: Hashable, Sendable {
    package let request: RecordedRequest
    package let drift: Drift
  }

  package struct Count: Hashable, Sendable {
    package var requests: Int64 = 0
    package var burnt = Money.zero
    /// The first ones met.
    package var examples: [Example] = []
  }

  package private(set) var counts: [Drift.Kind: Count] = [:]
  package private(set) var following: Int64 = 0
  /// Requests of days on which no policy was in force.
  package private(set) var withoutPolicy: Int64 = 0
  /// Requests that began with a call made by chance, which no policy decided.
  package private(set) var probes: Int64 = 0
  private let mostExamples: Int

  /// - Parameter examples: how many to keep of each kind.
  package init(examples: Int = 3) { mostExamples = examples }

  package mutating func add(_ request: RecordedRequest, under policy: Policy?) {
    guard !request.isProbe else {
      probes += 1
      return
    }
    guard let policy else {
      withoutPolicy += 1
      return
    }
    guard let drift = request.drift(from: policy) else {
      following += 1
      return
    }
    var count = counts[drift.kind] ?? Count()
    count.requests += 1
    count.burnt = Money(
      nanoUSD: Int64(clamping: Int128(count.burnt.nanoUSD) + Int128(drift.burnt.nanoUSD)))
    if count.examples.count < mostExamples {
      count.examples.append(Example(request: request, drift: drift))
    }
    counts[drift.kind] = count
  }

  package subscript(kind: Drift.Kind) -> Count { counts[kind] ?? Count() }

  package var drifting: Int64 { counts.values.reduce(0) { $0 + $1.requests } }
  package var judged: Int64 { drifting + following }
}
