import Pricing
import Traffic
import Units

/// A call of a model and what came of it.
struct ModelCall: Sendable {
  let failure: Failure?
  let latencyMilliseconds: Int64
  /// What the provider bills: nothing for most failures.
  let usage: Usage

  /// What is asked of whom, and when.
  struct Question {
    let arrival: Arrival
    let content: RequestContent
    let model: ModelID
    let price: ModelPrice
    /// Whether it is the model that has the conversation's cache.
    let hasCache: Bool
    /// How often this request called this model before.
    let earlierTries: Int
    let state: ProviderHealth.State
    /// Over a limit on calls.
    let isRefused: Bool
    let failuresPerThousandTokens: Int
  }

  /// The gateway gives up on an answer after 20 s.
  private static let timeoutMilliseconds = 20_000

  init(_ question: Question, _ draws: Draws) {
    let model = StableHash.of(question.model.provider, question.model.model)
    var random = draws.generator(
      .call, UInt64(question.arrival.number), model, UInt64(question.earlierTries))
    // All draws are made, needed or not, so that each means the same in every world.
    let longer = question.failuresPerThousandTokens * question.content.inputTokens / 1000
    let fails = random.chance(min(question.state.failurePermille + longer, 1000), in: 1000)
    let kinds = question.state.failures
    let providerFailure = kinds[random.weighted(kinds.map(\.weight))].kind
    let delay = random.size(around: 1000)
    let delivered = random.chance(1, in: 3) ? 0 : random.below(800)

    var ofModel = draws.generator(.model, model)
    let answer = Answer(
      question, verbosityPermille: ofModel.within(820...1_220), delayPermille: delay)

    // A provider that is down does not get to see what is wrong with a request.
    let failed = question.isRefused ? .rateLimited : fails ? providerFailure : nil
    guard let kind = failed ?? question.content.fault else {
      failure = nil
      usage = answer.usage
      latencyMilliseconds = Int64(min(answer.latencyMilliseconds, Self.timeoutMilliseconds - 1))
      return
    }
    failure = Failure(kind: kind, httpStatus: kind.httpStatus(in: question.state))
    switch kind {
    case .timeout:
      // The answer was under way; its input is billed.
      usage = answer.usage(deliveredPermille: 0)
      latencyMilliseconds = Int64(Self.timeoutMilliseconds)
    case .streamDropped:
      usage = answer.usage(deliveredPermille: delivered)
      latencyMilliseconds = Int64(
        min(answer.latencyMilliseconds * max(delivered, 50) / 1000, Self.timeoutMilliseconds - 1))
    case .overloaded, .serverError:
      usage = Usage()
      latencyMilliseconds = Int64(300 * delay / 1000)
    case .rateLimited, .network, .invalidAPIKey, .malformedRequest, .unsupportedToolSchema,
      .contentPolicy, .quotaExhausted, .validationFailed, .contextWindowExceeded, .unknown:
      usage = Usage()
      latencyMilliseconds = Int64(60 * delay / 1000)
    }
  }
}

/// What a model would answer if nothing fails.
private struct Answer {
  let usage: Usage
  let latencyMilliseconds: Int

  init(_ question: ModelCall.Question, verbosityPermille: Int, delayPermille: Int) {
    let content = question.content
    let grade = question.price.grade
    let visible = max(content.outputTokens * verbosityPermille / 1000, 1)
    let reasoning = visible * grade.reasoningPermille / 1000
    // Only a provider with a price for cache writes has the caller pay for filling its cache.
    let isCached = question.hasCache && content.isCached
    let writes = !isCached && question.price.base.cacheWrite != nil
    usage = Usage(
      input: Int64(content.inputTokens),
      cachedInput: isCached ? Int64(content.cacheableTokens) : 0,
      cacheWrite: writes ? Int64(content.cacheableTokens) : 0,
      output: Int64(visible + reasoning), reasoning: Int64(reasoning))
    let slowdown = question.state == .slow ? 3 : 1
    let usual = 220 + (visible + reasoning) * grade.microsecondsPerToken / 1000
    latencyMilliseconds = usual * delayPermille * slowdown / 1000
  }

  /// A part of the answer, with all of its input.
  func usage(deliveredPermille: Int) -> Usage {
    var part = usage
    part.output = usage.output * Int64(deliveredPermille) / 1000
    part.reasoning = usage.reasoning * Int64(deliveredPermille) / 1000
    return part
  }
}

extension ProviderHealth.State {
  fileprivate var failures: [(kind: FailureKind, weight: Int)] {
    switch self {
    case .healthy:
      [
        (.timeout, 25), (.rateLimited, 20), (.serverError, 25), (.network, 15),
        (.streamDropped, 15),
      ]
    case .slow:
      [(.timeout, 45), (.rateLimited, 15), (.overloaded, 25), (.streamDropped, 15)]
    case .down:
      [(.serverError, 40), (.overloaded, 30), (.timeout, 15), (.network, 15)]
    }
  }
}

extension FailureKind {
  /// As a gateway would see it; nil where no answer came.
  fileprivate func httpStatus(in state: ProviderHealth.State) -> Int64? {
    switch self {
    case .timeout: 504
    case .rateLimited: 429
    case .serverError: state == .down ? 502 : 500
    case .overloaded: 503
    case .network, .streamDropped, .unknown: nil
    case .invalidAPIKey: 401
    case .quotaExhausted: 402
    case .contextWindowExceeded: 413
    case .malformedRequest, .unsupportedToolSchema, .contentPolicy: 400
    case .validationFailed: 422
    }
  }
}

extension Grade {
  /// Tokens of reasoning for a thousand that are shown.
  fileprivate var reasoningPermille: Int {
    switch self {
    case .lowCost: 0
    case .balanced: 150
    case .frontier: 350
    }
  }

  fileprivate var microsecondsPerToken: Int {
    switch self {
    case .lowCost: 4_000
    case .balanced: 7_000
    case .frontier: 11_000
    }
  }
}
