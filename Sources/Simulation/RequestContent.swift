import Traffic
import Units

/// What a request holds: the same whichever model it goes to.
struct RequestContent: Sendable {
  let inputTokens: Int
  /// As a model of the usual verbosity would answer.
  let outputTokens: Int
  /// The part of the input that a provider may have in its cache.
  let cacheableTokens: Int
  /// Whether the primary has it there; the cache of any other model is cold.
  let isCached: Bool
  /// A fault of the request's own, which every model finds; nil for most.
  let fault: FailureKind?

  init(_ arrival: Arrival, of workflow: Workflow, _ draws: Draws) {
    var random = draws.generator(.content, UInt64(arrival.number))
    // A later turn repeats the earlier ones.
    let median = workflow.inputTokens * (2 + arrival.turn) / 2
    inputTokens = max(random.size(around: median), 16)
    outputTokens = max(random.size(around: workflow.outputTokens), 4)
    let isCacheable = inputTokens >= Self.leastCacheable
    cacheableTokens = isCacheable ? inputTokens * workflow.cacheablePermille / 1000 : 0
    // The first turn of a conversation finds the shared prompt cached if others asked lately.
    let isRecent = random.chance(2, in: 5)
    isCached = arrival.turn > 0 || isRecent
    let draw = random.below(1000)
    fault = Self.faults.first { $0.permille.contains(draw) }?.kind
  }

  /// Providers cache no shorter prompts.
  private static let leastCacheable = 1_024

  private static let faults: [(kind: FailureKind, permille: Range<Int>)] = [
    (.contentPolicy, 0..<4), (.malformedRequest, 4..<6), (.contextWindowExceeded, 6..<8),
  ]
}
