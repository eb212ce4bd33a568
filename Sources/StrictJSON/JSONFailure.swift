/// Why a text is not JSON as RFC 8259 has it.
package struct JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    case syntax = "malformed_json"
    case encoding = "invalid_utf8"
    case duplicateKey = "duplicate_key"
    case depth = "too_deep"
  }

  package let code: Code
  /// Byte offset in the text, from 0.
  package let offset: Int
  package let what: String

  package init(_ code: Code, at offset: Int, _ what: String) {
    self.code = code
    self.offset = offset
    self.what = what
  }

  package var description: String { "\(what) at byte \(offset + 1)" }
}
