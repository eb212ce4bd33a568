/// A model of a provider; prices and grades hang on it. Printed as `provider/model`.
public struct ModelID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let provider: Name
  public let model: Name

  public init(provider: Name, model: Name) {
    self.provider = provider
    self.model = model
  }

  /// Splits `provider/model` at the first `/` (policy.md); nil if either side is empty.
  public init?(_ text: String) {
    let bytes = text.utf8
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")),
      slash != bytes.startIndex, bytes.index(after: slash) != bytes.endIndex
    else { return nil }
    provider = Name(String(text[..<slash]))
    model = Name(String(text[bytes.index(after: slash)...]))
  }

  public var description: String { "\(provider)/\(model)" }

  public static func < (left: ModelID, right: ModelID) -> Bool {
    left.provider == right.provider ? left.model < right.model : left.provider < right.provider
  }
}

/// Where an attempt goes: a model, and the alias under which a gateway pools deployments, if any.
public struct Route: Hashable, Sendable, CustomStringConvertible {
  public let model: ModelID
  public let group: Name?

  public init(model: ModelID, group: Name? = nil) {
    self.model = model
    self.group = group
  }

  /// events.md, "Same route": by group where both have one, else by provider and model.
  public func isSame(as other: Route) -> Bool {
    if let group, let otherGroup = other.group { return group == otherGroup }
    return model == other.model
  }

  /// Provider, model and group, if it has one, with a zero byte between them; no name has one.
  package var joinedNames: [UInt8] {
    var bytes = Array(model.provider.text.utf8) + [0] + model.model.text.utf8
    if let group { bytes += [0] + group.text.utf8 }
    return bytes
  }

  public var description: String { group.map { "\(model) (\($0))" } ?? "\(model)" }
}
