import Foundation

@testable import PolicyFile

/// A value as a validator of JSON Schema sees it.
indirect enum SchemaValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([SchemaValue])
  case object([(key: String, value: SchemaValue)])

  /// What an editor makes of a policy file, by YAML's core schema.
  init(_ tree: YAMLTree) {
    switch tree.content {
    case .string(let text): self = .string(text)
    case .plain(let text):
      if let value = tree.bool {
        self = .bool(value)
      } else if YAMLTree.kind(ofPlain: text) == "the empty value" {
        self = .null
      } else if YAMLTree.kind(ofPlain: text) != nil, let number = Double(text) {
        self = .number(number)
      } else {
        self = .string(text)
      }
    case .sequence(let elements): self = .array(elements.map(SchemaValue.init))
    case .mapping(let pairs):
      self = .object(pairs.map { ($0.key.keyText ?? "null", SchemaValue($0.value)) })
    case .refused: self = .null
    }
  }

  init(json: Any) {
    switch json {
    case let value as NSNumber where CFBooleanTypes.isBoolean(value): self = .bool(value.boolValue)
    case let value as NSNumber: self = .number(value.doubleValue)
    case let value as String: self = .string(value)
    case let values as [Any]: self = .array(values.map(SchemaValue.init(json:)))
    case let members as [String: Any]:
      self = .object(members.map { ($0.key, SchemaValue(json: $0.value)) })
    default: self = .null
    }
  }

  static func == (left: SchemaValue, right: SchemaValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.allSatisfy { member in
          right.contains { $0.key == member.key && $0.value == member.value }
        }
    default: false
    }
  }
}

/// Foundation's numbers tell booleans apart by their type alone.
private enum CFBooleanTypes {
  static func isBoolean(_ number: NSNumber) -> Bool {
    number === NSNumber(value: true) || number === NSNumber(value: false)
      || String(cString: number.objCType) == "c"
  }
}

/// Validates by the keywords that the policy's schema uses; any other one is an error of the test.
struct SchemaValidator {
  struct UnknownKeyword: Error {
    let keyword: String
  }

  private let root: [String: Any]

  init(_ schema: [String: Any]) { root = schema }

  func accepts(_ value: SchemaValue) throws -> Bool { try accepts(value, root) }

  private func accepts(_ value: SchemaValue, _ schema: [String: Any]) throws -> Bool {
    for (keyword, rule) in schema where try !holds(keyword, rule, schema, value) { return false }
    return true
  }

  private func holds(
    _ keyword: String, _ rule: Any, _ schema: [String: Any], _ value: SchemaValue
  ) throws -> Bool {
    switch (keyword, value) {
    case ("$schema", _), ("title", _), ("description", _), ("default", _), ("$defs", _): return true
    case ("$ref", _): return try accepts(value, try definition(rule))
    case ("anyOf", _):
      return try schemas(rule).contains { try accepts(value, $0) }
    case ("const", _): return SchemaValue(json: rule) == value
    case ("enum", _):
      return (rule as? [Any] ?? []).contains { SchemaValue(json: $0) == value }
    case ("type", _): return Self.type(rule as? String ?? "", value)

    case ("required", .object(let members)):
      return (rule as? [String] ?? []).allSatisfy { name in members.contains { $0.key == name } }
    case ("properties", .object(let members)):
      let properties = rule as? [String: Any] ?? [:]
      return try members.allSatisfy { member in
        guard let schema = properties[member.key] as? [String: Any] else { return true }
        return try accepts(member.value, schema)
      }
    case ("additionalProperties", .object(let members)):
      let named = schema["properties"] as? [String: Any] ?? [:]
      let others = members.filter { named[$0.key] == nil }
      guard let schema = rule as? [String: Any] else { return others.isEmpty }
      return try others.allSatisfy { try accepts($0.value, schema) }
    case ("propertyNames", .object(let members)):
      let schema = rule as? [String: Any] ?? [:]
      return try members.allSatisfy { try accepts(.string($0.key), schema) }

    case ("items", .array(let elements)):
      let schema = rule as? [String: Any] ?? [:]
      return try elements.allSatisfy { try accepts($0, schema) }
    case ("minItems", .array(let elements)): return elements.count >= rule as? Int ?? 0
    case ("maxItems", .array(let elements)): return elements.count <= rule as? Int ?? 0

    case ("minLength", .string(let text)): return text.unicodeScalars.count >= rule as? Int ?? 0
    case ("pattern", .string(let text)):
      let pattern = try NSRegularExpression(pattern: rule as? String ?? "")
      return pattern.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    case ("minimum", .number(let number)): return number >= (rule as? NSNumber)?.doubleValue ?? 0
    case ("maximum", .number(let number)): return number <= (rule as? NSNumber)?.doubleValue ?? 0

    case ("required", _), ("properties", _), ("additionalProperties", _), ("propertyNames", _),
      ("items", _), ("minItems", _), ("maxItems", _), ("minLength", _), ("pattern", _),
      ("minimum", _), ("maximum", _):
      return true
    default: throw UnknownKeyword(keyword: keyword)
    }
  }

  private static func type(_ name: String, _ value: SchemaValue) -> Bool {
    switch (name, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool),
      ("number", .number), ("null", .null):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }

  private func definition(_ rule: Any) throws -> [String: Any] {
    let path = rule as? String ?? ""
    let definitions = root["$defs"] as? [String: Any] ?? [:]
    guard path.hasPrefix("#/$defs/"),
      let schema = definitions[String(path.dropFirst(8))] as? [String: Any]
    else { throw UnknownKeyword(keyword: path) }
    return schema
  }

  private func schemas(_ rule: Any) -> [[String: Any]] { rule as? [[String: Any]] ?? [] }
}
