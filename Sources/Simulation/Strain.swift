import Traffic
import Units

/// What makes a world harder on its gateway than incidents of providers; none of it by default.
package struct Strain: Hashable, Sendable {
  /// Calls that a provider takes within a minute, over all tenants; more are rate-limited.
  package var callsPerMinute: Int?
  /// Calls that a provider takes of one tenant within a minute.
  package var tenantCallsPerMinute: Int?
  /// Calls in a thousand that fail for each thousand tokens of input.
  package var failuresPerThousandTokens = 0
  /// Requests in ten thousand whose first call goes to a model by chance (``Draws/Purpose/probe``).
  package var probesPerTenThousand = 0

  package init() {}

  package static let countRange = 1...1_000_000
  package static let failureRange = 0...500
  /// Up to a fifth.
  package static let probeRange = 0...2_000

  /// - Throws: ``WorldError`` for what cannot be.
  func check() throws(WorldError) {
    for (count, what) in [
      (callsPerMinute, "calls a minute"), (tenantCallsPerMinute, "calls of a tenant a minute"),
    ] {
      guard let count, !Self.countRange.contains(count) else { continue }
      throw WorldError(
        .option, "\(count) \(what) cannot be simulated",
        "give \(Self.countRange.lowerBound) to \(Self.countRange.upperBound)")
    }
    guard Self.failureRange.contains(failuresPerThousandTokens) else {
      throw WorldError(
        .option,
        "\(failuresPerThousandTokens) failures in a thousand for each thousand tokens cannot be simulated",
        "give \(Self.failureRange.lowerBound) to \(Self.failureRange.upperBound)")
    }
    guard Self.probeRange.contains(probesPerTenThousand) else {
      throw WorldError(
        .option, "a probe share of \(probesPerTenThousand) in ten thousand cannot be simulated",
        "give 0 to 20 %")
    }
  }
}

/// Calls of each minute so far, by provider and by tenant: they hang on the policy, as its fallbacks
/// move load from one provider to another.
struct LoadMeter: Sendable {
  private struct Key: Hashable {
    let provider: Name
    /// -1 for all.
    let tenant: Int
    let minute: Int64
  }

  private let strain: Strain
  private var calls: [Key: Int] = [:]

  init(_ strain: Strain) { self.strain = strain }

  /// Counts a call; whether it is one too many.
  mutating func isRefused(_ provider: Name, tenant: Int, at time: Timestamp) -> Bool {
    let minute = time.milliseconds / 60_000
    let limits = [(-1, strain.callsPerMinute), (tenant, strain.tenantCallsPerMinute)]
    var isRefused = false
    for (tenant, limit) in limits {
      guard let limit else { continue }
      let key = Key(provider: provider, tenant: tenant, minute: minute)
      calls[key, default: 0] += 1
      if (calls[key] ?? 0) > limit { isRefused = true }
    }
    return isRefused
  }
}
