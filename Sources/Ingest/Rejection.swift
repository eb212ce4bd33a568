internal import LedgerStore
internal import StrictJSON
internal import Traffic

/// Why a line is not admitted to the ledger.
package struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable: stored, listed and exported.
  package enum Code: String, CaseIterable, Sendable {
    case malformedJSON = "malformed_json"
    case invalidUTF8 = "invalid_utf8"
    case duplicateKey = "duplicate_key"
    case tooDeep = "too_deep"
    case lineTooLong = "line_too_long"
    case notAnObject = "not_an_object"
    case unsupportedVersion = "unsupported_version"
    case missingField = "missing_field"
    case wrongType = "wrong_type"
    case badName = "bad_name"
    case badTime = "bad_time"
    case badNumber = "bad_number"
    case outOfRange = "out_of_range"
    case negative
    case unknownWord = "unknown_word"
    case implausible
    case conflict
  }

  package let code: Code
  /// One sentence: what was found, where, and what is expected.
  package let reason: String

  init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  init(_ failure: JSONFailure) {
    let code: Code =
      switch failure.code {
      case .syntax: .malformedJSON
      case .encoding: .invalidUTF8
      case .duplicateKey: .duplicateKey
      case .depth: .tooDeep
      }
    self.init(code, failure.description)
  }

  /// Of a line whose event id is on record with other content.
  static func conflict(of attempt: Attempt) -> Rejection {
    Rejection(
      .conflict, "`\(attempt.eventID)` is on record with another content; the first is kept")
  }

  package var description: String { "\(reason) [\(code.rawValue)]" }
}

extension Rejection {
  /// The line as the quarantine keeps it.
  func line(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, excerpt: [UInt8]
  ) -> RejectedLine {
    RejectedLine(
      line: line.number, byteOffset: line.offset, code: code.rawValue, reason: reason,
      sha256: line.tooLongSHA256 ?? Digest.sha256(Array(bytes)),
      excerpt: Array(excerpt.prefix(LineJudge.excerptBytes)))
  }
}
