internal import StrictJSON
internal import Traffic

/// A kind of log that gateways write: one record a line, one attempt a record.
protocol SourceFormat: Sendable {
  static var name: LogFormat { get }

  /// Whether a record is of this kind, told by fields that others do not have.
  static func recognises(_ tape: JSONTape) -> Bool

  /// What a record says, and what it says beside that.
  static var knownFields: KnownFields { get }

  /// The attempt that a record tells of.
  static func attempt(from tape: JSONTape) throws(Rejection) -> Attempt

  /// Checks that a record whose fields the quarantine kept still tells all that its line told.
  /// - Throws: ``Rejection`` naming what is gone.
  static func checkWholeness(of tape: JSONTape) throws(Rejection)
}

extension SourceFormat {
  /// As a rule what is not kept is not read either.
  static func checkWholeness(of tape: JSONTape) throws(Rejection) {}
}

/// The formats by the names that `--from-format` takes.
package enum LogFormat: String, CaseIterable, Sendable {
  case native
  case litellm

  var reader: any SourceFormat.Type {
    switch self {
    case .native: NativeFormat.self
    case .litellm: LiteLLMFormat.self
    }
  }

  /// The format of a record; nil if it is of none that is read here.
  static func of(_ tape: JSONTape) -> LogFormat? {
    allCases.first { $0.reader.recognises(tape) }
  }
}
