extension FailureEvidence {
  /// What recorded failures of one kind were like.
  struct Manner: Sendable {
    var count = 0.0
    var latencySum = 0.0
    /// Of the input's catalog cost, how much was charged.
    var charged = 0.0
    var chargeable = 0.0
    /// How many reported their input.
    var withInput = 0.0
    var outputSum = 0.0

    var latency: Double { count > 0 ? latencySum / count : 1_000 }
  }

  /// Failures of the provider's doing after which the same provider was tried again at once.
  struct Repeats: Sendable {
    var tries = 0.0
    var failures = 0.0
  }
}
