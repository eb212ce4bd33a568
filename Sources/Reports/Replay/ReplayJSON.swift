import PolicyAnalysis
import PolicyEngine
import Pricing
import Replay
import Traffic
import Units

extension ReplayReport {
  /// cli.md's object, and after its keys what else there is to say.
  package var json: String {
    var members: [(key: String, value: JSONValue)] = [
      ("period", recorded.period.json), ("policy", .string(policy)),
      ("recorded", .object(recorded.totals.jsonMembers)),
      ("replayed", .object(outcome.totals.jsonMembers)),
      ("intervals", intervals(outcome.totals, outcome.errors)),
      ("grounded_share", Self.share(outcome.grounding.share)),
      ("fidelity", fidelityJSON),
    ]
    if !recorded.fields.isEmpty { members.append(("groups", .array(groups.map(json)))) }
    members += [
      ("evidence_class", .string(outcome.grounding.evidenceClass.rawValue)),
      ("grounded", groundedJSON), ("bounds", boundsJSON),
      ("changed_requests", .integer(outcome.changedRequests)),
      ("transitions", transitionsJSON), ("budget_stages", .array(crossings.map(\.json))),
      ("examples", .array(examples.map(\.json))),
      ("warnings", .array(warnings.map { .string($0) })),
    ]
    return JSONWriter.text(.object(members))
  }

  private func intervals(_ measures: ReplayedMeasures, _ errors: [Double]) -> JSONValue {
    let requests = measures.value(0)
    func pair(_ place: Int, _ text: (Double) -> JSONValue) -> JSONValue {
      guard errors[place] > 0 else {
        return .array([text(measures.value(place)), text(measures.value(place))])
      }
      let ends = interval(place, measures, errors, requests: requests)
      return .array([text(ends.low), text(ends.high)])
    }
    let counts = CountMeasure.allCases.enumerated().map { place, measure in
      (
        key: measure.rawValue,
        value: pair(place) { .count(millionths: Int128(($0 * 1e6).rounded())) }
      )
    }
    let amounts = MoneyMeasure.allCases.enumerated().map { place, measure in
      (
        key: measure.rawValue,
        value: pair(counts.count + place) {
          .money(Money(nanoUSD: Int64(clamping: Int128($0.rounded()))))
        }
      )
    }
    return .object(counts + amounts)
  }

  private func json(_ group: Group) -> JSONValue {
    let key = zip(recorded.fields, group.key).map { field, value in
      (key: field.rawValue, value: JSONValue.optional(value))
    }
    return .object([
      ("key", .object(key)), ("recorded", .object(group.recorded.jsonMembers)),
      ("replayed", .object(group.replayed.jsonMembers)),
      ("intervals", intervals(group.replayed, group.errors)),
    ])
  }

  private var fidelityJSON: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("requests", .integer(fidelity.requests)), ("reproduced", .integer(fidelity.reproduced)),
      ("drifted", .integer(fidelity.drifted)),
      ("without_policy", .integer(fidelity.withoutPolicy)),
    ]
    if fidelity.explored > 0 { members.append(("explored", .integer(fidelity.explored))) }
    if let drift {
      let kinds = Drift.Kind.allCases.filter { drift[$0].requests > 0 }
      members.append(
        ("kinds", .object(kinds.map { ($0.rawValue, .integer(drift[$0].requests)) })))
    }
    return .object(members)
  }

  private var groundedJSON: JSONValue {
    let grounding = outcome.grounding
    return .object([
      ("attempts", Self.share(grounding.share)), ("cost", Self.share(grounding.costShare)),
      (
        "modelled",
        .array(
          grounding.modelledByModel.map { part in
            .object([
              ("model", .string(part.model.description)),
              ("attempts", .count(millionths: Int128((part.attempts * 1e6).rounded()))),
              ("cost_usd", .money(Money(nanoUSD: Int64(part.nanoUSD.rounded())))),
              ("observed", .bool(!grounding.unobserved.contains { $0.model == part.model })),
            ])
          })
      ),
    ])
  }

  /// What holds whatever a call that was not made would have done.
  private var boundsJSON: JSONValue {
    .object([
      (
        "served",
        .array([
          .integer(outcome.grounding.servedAtLeast), .integer(outcome.grounding.servedAtMost),
        ])
      )
    ])
  }

  private var transitionsJSON: JSONValue {
    let statuses = RequestStatus.allCases
    return .array(
      statuses.enumerated().flatMap { from, recorded in
        statuses.enumerated().compactMap { to, replayed in
          let count = outcome.transitions[from][to]
          guard count > 0 else { return nil }
          return .object([
            ("recorded", .string(recorded.rawValue)), ("replayed", .string(replayed.rawValue)),
            ("requests", .count(millionths: Int128((count * 1e6).rounded()))),
          ])
        }
      })
  }

  /// Of 1, to a millionth.
  private static func share(_ share: Double) -> JSONValue {
    .number(DecimalText.shortText(Int128((share * 1e6).rounded()), places: 6))
  }
}

extension JSONValue {
  /// Whole where it is, else with up to six places.
  static func count(millionths: Int128) -> JSONValue {
    .number(DecimalText.shortText(millionths, places: 6))
  }
}

extension ReplayedMeasures {
  /// As ``Measures/jsonMembers``, with counts that may have decimals.
  var jsonMembers: [(key: String, value: JSONValue)] {
    CountMeasure.allCases.map { ($0.rawValue, .count(millionths: self[$0])) }
      + MoneyMeasure.allCases.map { ($0.rawValue, .money(self[$0])) }
  }
}

extension ReplayReport.Example {
  fileprivate var json: JSONValue {
    .object([
      ("request_id", .string(request.text)), ("recorded", .string(recorded)),
      ("replayed", .string(replayed)), ("cost_difference_usd", .money(costDifference)),
    ])
  }
}
