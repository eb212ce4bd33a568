package import Traffic

/// What a line did, in one byte: a success, a failure by its kind, or an action.
package struct LineWork: Hashable, Sendable {
  let code: UInt8

  package static let success = LineWork(code: 0)
  /// A dropped stream that gave useful output: like its kind, and never retryable.
  static let usefulDrop = LineWork(code: 15)
  private static let firstAction: UInt8 = 32
  static let kinds = FailureKind.allCases
  private static let actions = StepActionCodes.all

  init(code: UInt8) { self.code = code }

  package static func failure(_ kind: FailureKind) -> LineWork {
    LineWork(code: UInt8(1 + (kinds.firstIndex(of: kind) ?? 0)))
  }

  package static func action(_ action: Action) -> LineWork {
    LineWork(code: firstAction + UInt8(actions.firstIndex(of: action) ?? 0))
  }

  var isAction: Bool { code >= Self.firstAction }
  var isSuccess: Bool { code == 0 }
  var isFailure: Bool { code > 0 && code < Self.firstAction }

  /// nil for what is no failure.
  var failureKind: FailureKind? {
    guard isFailure else { return nil }
    return self == .usefulDrop ? .streamDropped : Self.kinds[Int(code) - 1]
  }

  var action: Action? { isAction ? Self.actions[Int(code - Self.firstAction)] : nil }
  /// Nothing comes after it.
  var settles: Bool { isSuccess || isAction && !(action == .queue || action == .pause) }
  var isProviderFailure: Bool { failureKind?.isProviderFailure ?? false }
}

private enum StepActionCodes {
  static let all = Action.allCases
}
