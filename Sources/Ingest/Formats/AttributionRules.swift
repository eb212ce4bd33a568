internal import StrictJSON
internal import Traffic

/// Where a format has the fields of attribution.
struct AttributionRules: Sendable {
  struct Rule: Sendable {
    let field: AttributionField
    let path: FieldPath
    /// Taken from something near, as the log has no field of its own for it.
    let isInferred: Bool
  }

  /// The tenant of an entry that names none.
  static let unattributed: Name = "unattributed"

  /// In the order in which they are asked: the first of a field that finds a name has it.
  private let rules: [Rule]

  /// The format's rules, behind those of `--map`.
  init(_ rules: [[Rule]], _ settings: FormatSettings) {
    self.rules =
      settings.map.map { Rule(field: $0.field, path: $0.path, isInferred: false) }
      + rules.flatMap { $0 }
  }

  var paths: [FieldPath] { rules.map(\.path) }

  /// What the rules find in these objects of an entry, the first before the second. What cannot be a
  /// name is no attribution rather than a mistake: a caller's own metadata may hold anything.
  func read(
    _ tape: JSONTape, in objects: [JSONTape.Index] = [JSONTape.root]
  ) -> (Attribution, inferred: Set<AttributionField>) {
    var attribution = Attribution()
    var inferred: Set<AttributionField> = []
    for rule in rules where attribution[rule.field] == nil {
      for object in objects {
        guard let text = rule.path.text(in: tape, object), text.utf8.count <= Name.maximumBytes,
          !text.hasControlCharacter
        else { continue }
        attribution[rule.field] = Name(text)
        if rule.isInferred { inferred.insert(rule.field) }
        break
      }
    }
    return (attribution, inferred)
  }

  /// As ``read(_:in:)``, of an attempt: one that names no tenant is ``unattributed``.
  func readAttempt(
    _ tape: JSONTape, in objects: [JSONTape.Index] = [JSONTape.root]
  ) -> (Attribution, inferred: Set<AttributionField>) {
    var (attribution, inferred) = read(tape, in: objects)
    if attribution[.tenant] == nil {
      attribution[.tenant] = Self.unattributed
      inferred.insert(.tenant)
    }
    return (attribution, inferred)
  }
}

extension [AttributionRules.Rule] {
  /// Where a log states a field.
  static func given(_ field: AttributionField, _ paths: StaticString...) -> Self {
    paths.map { .init(field: field, path: FieldPath($0), isInferred: false) }
  }

  /// Where a log states something near.
  static func inferred(_ field: AttributionField, _ paths: StaticString...) -> Self {
    paths.map { .init(field: field, path: FieldPath($0), isInferred: true) }
  }

  /// The caller's own metadata under `object`, by the names of events.md.
  static func metadata(under object: StaticString) -> Self {
    AttributionField.allCases.compactMap { field in
      FieldPath("\(object).\(field.rawValue)").map {
        .init(field: field, path: $0, isInferred: false)
      }
    }
  }
}
