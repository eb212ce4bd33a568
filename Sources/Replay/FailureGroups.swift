import PolicyEngine
import Traffic

/// The ways in which a call may fail by the provider's doing, as few as a policy can tell apart.
struct FailureGroups: Sendable {
  struct Group: Sendable {
    /// The commonest work of the group; the engine is asked with it.
    let work: LineWork
    /// Of the provider failures; all add up to 1.
    private(set) var share: Double
    let latency: Double
    /// Of the input's price.
    let charged: Double
    let reportedInput: Double
    let output: Double
    /// How likely the next call of the same provider fails too.
    let repeats: Double

    fileprivate var standingForAll: Group {
      var group = self
      group.share = 1
      return group
    }
  }

  private struct Signature: Hashable {
    let isRetryable: Bool
    let isSlow: Bool
    let isCharged: Bool
  }

  /// Of each provider.
  private let groups: [[Group]]
  /// Of each provider the commonest group, which stands for all.
  private let commonest: [[Group]]
  /// Failures in the log's usual mix that a provider's own are mixed with.
  private static let usual = 12.0

  /// Of refusals for the rate of calls, where limits are known apart: they are then in no other group.
  let rateLimited: Group?

  init(_ evidence: FailureEvidence, _ policy: Policy, knowsLimits: Bool) {
    // A timeout and a server's error stand in where a log has no failure at all.
    let prior: [LineWork: Double] = [.failure(.timeout): 0.5, .failure(.serverError): 0.5]
    var works = FailureKind.allCases.filter(\.isProviderFailure).map(LineWork.failure)
    works.append(.usefulDrop)
    if knowsLimits { works.removeAll { $0 == .failure(.rateLimited) } }
    rateLimited =
      knowsLimits ? Self.group([(.failure(.rateLimited), 1)], of: 1, evidence) : nil
    let counts = works.map { evidence.manners[Int($0.code)].count + (prior[$0] ?? 0) }
    let total = counts.reduce(0, +)
    groups = evidence.countsOf.map { own in
      let mixed = zip(works, counts).map { work, count in
        (work: work, count: own[Int(work.code)] + Self.usual * count / total)
      }
      return Self.grouped(mixed.filter { $0.count > 0 }, evidence, policy)
    }
    commonest = groups.map { $0.max { $0.share < $1.share }.map { [$0.standingForAll] } ?? [] }
  }

  /// The ways in which a provider fails: all of them, or one for all.
  func of(_ provider: Int, isOne: Bool) -> [Group] {
    isOne ? commonest[provider] : groups[provider]
  }

  private static func grouped(
    _ works: [(work: LineWork, count: Double)], _ evidence: FailureEvidence, _ policy: Policy
  ) -> [Group] {
    var members: [(Signature, [(work: LineWork, count: Double)])] = []
    for (work, count) in works {
      guard let kind = work.failureKind else { continue }
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
    let total = works.reduce(0) { $0 + $1.count }
    return members.map { group($0.1, of: total, evidence) }
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
