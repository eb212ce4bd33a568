internal import Foundation

/// A case of JSONTestSuite (`fixtures/json`).
package struct JSONParsingCase: Sendable, CustomStringConvertible {
  /// Begins with `y_`, `n_` or `i_`: must be taken, must be refused, either.
  package let name: String
  package let bytes: [UInt8]

  package var description: String { name }

  /// Cases of `i_` that we take, and the one of `y_` that events.md refuses.
  package var isTaken: Bool {
    if name.hasPrefix("y_") { return !name.hasPrefix("y_object_duplicated_key") }
    // Numbers of any size are numbers; who reads one says whether it fits.
    return name.hasPrefix("i_number") || name == "i_structure_500_nested_arrays"
  }

  package static let all: [JSONParsingCase] = {
    do {
      let text = try Data(contentsOf: Repository.path("fixtures/json/parsing.jsonl"))
      return try text.split(separator: 0x0A).map { line in
        let members = try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
        return JSONParsingCase(
          name: members["case"] as? String ?? "", bytes: bytes(of: members))
      }
    } catch {
      preconditionFailure("fixtures/json/parsing.jsonl: \(error)")
    }
  }()

  private static func bytes(of members: [String: Any]) -> [UInt8] {
    if let text = members["text"] as? String { return Array(text.utf8) }
    if let hex = members["hex"] as? String {
      let digits = Array(hex.utf8).map { $0 > 57 ? $0 - 87 : $0 - 48 }
      return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
    let unit = (members["repeat"] as? String ?? "").utf8
    let times = members["times"] as? Int ?? 0
    return Array(repeatElement(unit, count: times).joined())
      + Array((members["then"] as? String ?? "").utf8)
  }
}
