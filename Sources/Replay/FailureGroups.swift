import PolicyEngine
import Traffic

/// The ways in which a call may fail by the provider's doing, as few as a policy can tell apart.
struct FailureGroups: Sendable {
  struct Group: Sendable {
    /// The commonest work of the group; the engine is asked with it.
    let work: LineWork
    /// Of the provider failures; all add up to 1.
    let share: Double
    let latency: Double
    /// Of the input's price.
    let charged: Double
    let reportedInput: Double
    let output: Double
    /// How likely the next call of the same provider fails too.
    let repeats: Double
  }

  private struct Signature: Hashable {
    let isRetryable: Bool
    let isSlow: Bool
    let isCharged: Bool
  }

  let groups: [Group]

  init(_ evidence: FailureEvidence, _ policy: Policy) {
    // A timeout and a refused connection stand in where a log has no failure at all.
    let prior: [LineWork: Double] = [.failure(.timeout): 0.5, .failure(.serverError): 0.5]
    var works = FailureKind.allCases.filter(\.isProviderFailure).map(LineWork.failure)
    works.append(.usefulDrop)
    var members: [(Signature, [(work: LineWork, count: Double)])] = []
    var total = 0.0
    for work in works {
      let count = evidence.manners[Int(work.code)].count + (prior[work] ?? 0)
      guard count > 0, let kind = work.failureKind else { continue }
      total += count
      let signature = Signature(
        isRetryable: policy.isRetryable(
          kind, outputTokens: work == .usefulDrop ? .max : 0),
        isSlow: evidence.manners[Int(work.code)].latency > 4_000,
        isCharged: evidence.chargedShare(work) > 0.3)
      if let place = members.firstIndex(where: { $0.0 == signature }) {
        members[place].1.append((work, count))
      } else {
        members.append((signature, [(work, count)]))
      }
    }
    groups = members.map { Self.group($0.1, of: total, evidence) }
  }

  private static func group(
    _ works: [(work: LineWork, count: Double)], of total: Double, _ evidence: FailureEvidence
  ) -> Group {
    let count = works.reduce(0) { $0 + $1.count }
    func mean(_ value: (LineWork) -> Double) -> Double {
      works.reduce(0) { $0 + $1.count * value($1.work) } / count
    }
    let commonest = works.max { $0.count < $1.count }?.work ?? works[0].work
    return Group(
      work: commonest, share: count / total,
      latency: mean { evidence.manners[Int($0.code)].latency },
      charged: mean(evidence.chargedShare), reportedInput: mean(evidence.reportedInput),
      output: mean(evidence.output), repeats: mean(evidence.repeats))
  }
}
