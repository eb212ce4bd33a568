package import Traffic
package import Units

/// A time in which hardly a call of a provider succeeds; `from` is included, `to` is not.
package struct Outage: Hashable, Sendable {
  package let provider: Name
  /// nil: all its models.
  package let model: Name?
  package let from: Timestamp
  package let to: Timestamp

  package init(provider: Name, model: Name? = nil, from: Timestamp, to: Timestamp) {
    self.provider = provider
    self.model = model
    self.from = from
    self.to = to
  }

  private var name: String { model.map { "\(provider)/\($0)" } ?? provider.text }

  /// An outage that could not be seen in the events is a slip of the pen.
  /// - Throws: ``WorldError``.
  func check(within span: Period, models: [ModelID]) throws(WorldError) {
    guard from < to else {
      throw WorldError(
        .option, "the outage of \(name) ends at \(to), not after it began at \(from)",
        "give the earlier time first")
    }
    guard models.contains(where: { $0.provider == provider }) else {
      let known = Set(models.map(\.provider)).sorted().map(\.text).joined(separator: ", ")
      throw WorldError(
        .option, "the policy has no model of \(provider), which is to have an outage",
        "its providers are \(known)")
    }
    let model = self.model.map { ModelID(provider: provider, model: $0) }
    if let model, !models.contains(model) {
      throw WorldError(
        .option, "the policy has no model \(model), which is to have an outage",
        "its models are \(models.map(\.description).joined(separator: ", "))")
    }
    guard let first = span.from, let end = span.to, from < end, to > first else {
      throw WorldError(
        .option, "the outage of \(name) from \(from) lies outside the simulated days",
        "choose it within them, or other days")
    }
  }
}
