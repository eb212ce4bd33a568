package import Pricing
package import Units

extension Summary {
  /// cli.md, "Summary measures": `{"period","totals","groups"}`; `groups` only of a grouped summary.
  package var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("period", period.json),
      ("totals", .object(totals.jsonMembers)),
    ]
    if !fields.isEmpty {
      members.append(
        (
          "groups",
          .array(
            groups.map { group in
              let key = zip(fields, group.key).map { field, value in
                (key: field.rawValue, value: JSONValue.optional(value))
              }
              return .object([("key", .object(key))] + group.measures.jsonMembers)
            })
        ))
    }
    return .object(members)
  }
}

extension Measures {
  /// All measures in the order of cli.md: counts as integers, money as strings.
  package var jsonMembers: [(key: String, value: JSONValue)] {
    CountMeasure.allCases.map { ($0.rawValue, .integer(self[$0])) }
      + MoneyMeasure.allCases.map { ($0.rawValue, .money(self[$0])) }
  }
}

extension Period {
  /// `{"from","to"}` in RFC 3339 with milliseconds; null where an end is open.
  package var json: JSONValue {
    .object([
      ("from", .optional(from?.description)),
      ("to", .optional(to?.description)),
    ])
  }
}
