import StrictJSON
import Traffic

@testable import Ingest

/// A native line, put together from its fields as they are written.
struct NativeLine {
  var fields: [(key: String, value: String)] = [
    ("request_id", #""r1""#), ("attempt", "0"), ("ts", #""2026-10-05T08:00:00.000Z""#),
    ("tenant_id", #""acme""#), ("primary", #"{"provider":"openai","model":"gpt-5"}"#),
    ("route", #"{"provider":"openai","model":"gpt-5"}"#), ("outcome", #""success""#),
  ]

  init(_ changes: [String: String?] = [:]) {
    for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
      fields.removeAll { $0.key == key }
      if let value { fields.append((key, value)) }
    }
  }

  /// A failed attempt.
  static func failure(_ failure: String?) -> NativeLine {
    NativeLine(["outcome": #""failure""#, "failure": failure])
  }

  /// A step without a model.
  static func step(_ action: String, _ changes: [String: String?] = [:]) -> NativeLine {
    NativeLine(
      ["action": "\"\(action)\"", "route": nil, "outcome": nil].merging(changes) { $1 })
  }

  var text: String {
    "{" + fields.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  /// What the reader makes of it.
  func attempt() throws -> Attempt {
    var tape = JSONTape()
    try tape.parse(Array(text.utf8))
    return try NativeFormat.attempt(from: tape)
  }

  /// The code with which it is rejected; nil if it is not.
  func rejection() throws -> Rejection.Code? {
    do {
      _ = try attempt()
      return nil
    } catch let rejection as Rejection {
      return rejection.code
    }
  }

  func contentHash() throws -> SIMD2<UInt64> {
    var hash = ContentHash()
    return hash.of(try attempt())
  }
}
