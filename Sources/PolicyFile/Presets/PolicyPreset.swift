/// The policies that ship with the program.
package enum PolicyPreset: String, CaseIterable, Sendable {
  /// The whole matrix of policy.md.
  case fiveClass = "five-class"
  /// For small teams: critical and everything else, one cheaper fallback, no budget stages.
  case twoTier = "two-tier"

  /// The file, with its comments.
  package var yaml: String {
    switch self {
    case .fiveClass: fiveClassPreset
    case .twoTier: twoTierPreset
    }
  }
}
