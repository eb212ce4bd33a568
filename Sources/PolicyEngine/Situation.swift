import Traffic

/// Where a request stands, by its last attempt.
enum Situation {
  case start
  /// Paused or queued, and now resumed.
  case suspended
  case failed(FailureKind, outputTokens: Int64)

  /// - Throws: ``QuestionError/alreadySettled`` (policy.md, 1).
  init(_ attempts: [PastAttempt]) throws(QuestionError) {
    guard let last = attempts.last else {
      self = .start
      return
    }
    switch last.outcome {
    case .succeeded:
      throw .alreadySettled
    case .failed(_, let kind, let outputTokens):
      self = .failed(kind, outputTokens: outputTokens)
    case .acted(let action):
      guard action.suspends else { throw .alreadySettled }
      self = .suspended
    }
  }
}

extension [PastAttempt] {
  /// 7.8: pauses of the whole request; a queueing is none.
  var pauses: Int {
    var count = 0
    for index in indices {
      if case .acted(.pause) = self[index].outcome { count += 1 }
    }
    return count
  }

  /// 7.6: distinct providers with a provider failure since the last pause or queueing, counted no
  /// further than `limit`. A failure counts by its kind alone, whatever the policy calls retryable.
  func failedProviders(upTo limit: Int) -> Int {
    var start = endIndex
    while start > startIndex {
      if case .acted(let action) = self[start - 1].outcome, action.suspends { break }
      start -= 1
    }
    var count = 0
    for index in start..<endIndex {
      guard count < limit else { break }
      guard let provider = self[index].failedProvider else { continue }
      let isKnown = (start..<index).contains { self[$0].failedProvider == provider }
      if !isKnown { count += 1 }
    }
    return count
  }

  /// The step of the last attempt, which failed.
  func lastStep(of trafficClass: TrafficClass, count: Int) throws(QuestionError) -> Int {
    guard let step = last?.step else { throw .stepMissing(attempt: endIndex - 1) }
    guard (0..<count).contains(step) else {
      throw .stepOutOfRange(
        attempt: endIndex - 1, step: step, class: trafficClass, count: count)
    }
    return step
  }

  /// 8: how many attempts at the end were of `step`. Whatever else came between ends the row: another
  /// step, an attempt without one, a pause or a queueing.
  func timesInARow(_ step: Int) -> Int {
    var count = 0
    while count < self.count, self[endIndex - 1 - count].isModel(at: step) { count += 1 }
    return count
  }
}

extension PastAttempt {
  fileprivate var failedProvider: Name? {
    if case .failed(let route, let kind, _) = outcome, kind.isProviderFailure {
      return route.model.provider
    }
    return nil
  }

  fileprivate func isModel(at index: Int) -> Bool {
    if case .acted = outcome { return false }
    return step == index
  }
}
