public import Traffic

/// One step of a traffic class: a model to call, or an action without one.
public struct Step: Hashable, Sendable {
  /// A step with a model is *paid*. Only such a step can be a last resort, so only it can say so.
  public enum Work: Hashable, Sendable {
    /// A last resort may be below the quality floor, and outlasts `stop.provider_failures`.
    case model(ModelChoice, isLastResort: Bool = false)
    case action(StepAction)
  }

  public var work: Work
  /// For the tiers with premium alone. An action may be premium too (policy.md, 7.1 says "steps").
  public var isPremium: Bool
  /// What to tell the user when this step answers, such as `uncertain`.
  public var notice: String?

  public init(_ work: Work, isPremium: Bool = false, notice: String? = nil) {
    self.work = work
    self.isPremium = isPremium
    self.notice = notice
  }

  /// `{model: primary}`, the one step of a class of which a policy says nothing.
  public static let primary = Step(.model(.primary))

  public var isPaid: Bool {
    switch work {
    case .model: true
    case .action: false
    }
  }

  public var isLastResort: Bool {
    switch work {
    case .model(_, let isLastResort): isLastResort
    case .action: false
    }
  }

  /// The action that a log would give this step.
  public var action: Action {
    switch work {
    case .model: .model
    case .action(let action): Action(action)
    }
  }

  /// Where this step goes for a request that asked for `primary`, with the primary's own group; nil
  /// for an action.
  public func route(primary: Route) -> Route? {
    switch work {
    case .model(.primary, _): primary
    case .model(.named(let model), _): Route(model: model)
    case .action: nil
    }
  }
}

/// The model of a paid step.
public enum ModelChoice: Hashable, Sendable {
  /// What the request asked for.
  case primary
  case named(ModelID)
}

/// What a step without a model does. Raw values are those of ``Action``.
public enum StepAction: String, CaseIterable, Sendable {
  case cachedResponse = "cached_response"
  case defaultResponse = "default_response"
  case queue
  case pause
  case manualReview = "manual_review"
  /// The policy's own last word: a step like the others, as events.md lists it among the steps
  /// without a model, and unlike a ``Decision/Refusal``, which has no step.
  case reject

  /// Puts the request off; it is resumed from its first step. Every other action settles it.
  public var suspends: Bool {
    switch self {
    case .queue, .pause: true
    case .cachedResponse, .defaultResponse, .manualReview, .reject: false
    }
  }

  /// nil for ``Action/model``.
  public init?(_ action: Action) {
    switch action {
    case .model: return nil
    case .cachedResponse: self = .cachedResponse
    case .defaultResponse: self = .defaultResponse
    case .queue: self = .queue
    case .pause: self = .pause
    case .manualReview: self = .manualReview
    case .reject: self = .reject
    }
  }
}

extension Action {
  public init(_ action: StepAction) {
    self =
      switch action {
      case .cachedResponse: .cachedResponse
      case .defaultResponse: .defaultResponse
      case .queue: .queue
      case .pause: .pause
      case .manualReview: .manualReview
      case .reject: .reject
      }
  }
}
