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
    members.append(("cost_sources", costSources))
    return .object(members)
  }

  /// How the cost is known, beside the measures: `{"totals","groups"}`, groups in the same order.
  private var costSources: JSONValue {
    var members = [(key: "totals", value: JSONValue.object(sources.jsonMembers(of: totals)))]
    if !fields.isEmpty {
      members.append(
        ("groups", .array(groups.map { .object($0.sources.jsonMembers(of: $0.measures)) })))
    }
    return .object(members)
  }
}

extension CostSources {
  /// Attempts and cost by source; the share is that of the attempts.
  func jsonMembers(of measures: Measures) -> [(key: String, value: JSONValue)] {
    let parts: [(CostSource, Int64, Money)] = [
      (.reported, reportedAttempts, reportedCost), (.catalog, catalogAttempts, catalogCost),
      (.unpriced, unpricedAttempts, .zero),
    ]
    return parts.map { source, attempts, cost in
      let share = Ratio(Money(nanoUSD: attempts), of: Money(nanoUSD: measures[.attempts]))
      return (
        source.rawValue,
        .object([
          ("attempts", .integer(attempts)),
          ("share", measures[.attempts] == 0 ? .null : .number(share?.description ?? "0")),
          ("cost_usd", .money(cost)),
        ])
      )
    }
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
