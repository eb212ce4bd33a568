import ArgumentParser
import Foundation
import Replay
import Units
import Wording

/// `budget.stages.constrained=0.6..0.9/0.05` or `classes.batch.retries_per_step=0,1,2`.
enum SweepArgument {
  static func read(_ text: String) throws -> Sweep.Axis {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw ValidationError(
        "--sweep `\(text)` names no values; write it as budget.stages.constrained=0.6..0.9/0.05")
    }
    let path = String(text[..<equals])
    guard let knob = PolicyKnob(path: path) else {
      let paths = PolicyKnob.all.map(\.path)
      let near = NearestWord.of(path, in: paths).map { "did you mean `\($0)`? " } ?? ""
      throw ValidationError(
        "--sweep names `\(path)`, which is no number of a policy; \(near)there are "
          + paths.joined(separator: ", "))
    }
    let values = try values(String(text[text.index(after: equals)...]), of: knob)
    return Sweep.Axis(knob, values)
  }

  private static func values(_ text: String, of knob: PolicyKnob) throws -> [Int64] {
    var values: [Int64] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      values += try range(String(part), of: knob)
    }
    if knob.isWhole, let odd = values.first(where: { $0 % 1_000_000_000 != 0 }) {
      throw ValidationError(
        "--sweep gives \(knob.path) the value \(DecimalText.shortText(Int128(odd), places: 9)); it is a "
          + "whole number")
    }
    return values
  }

  /// One value, or `from..to/step` with both ends.
  private static func range(_ text: String, of knob: PolicyKnob) throws -> [Int64] {
    guard let dots = text.range(of: ".."), let slash = text.lastIndex(of: "/"),
      slash > dots.upperBound
    else { return [try number(text, of: knob)] }
    let from = try number(String(text[..<dots.lowerBound]), of: knob)
    let to = try number(String(text[dots.upperBound..<slash]), of: knob)
    let step = try number(String(text[text.index(after: slash)...]), of: knob)
    guard step > 0, from <= to, (to - from) / step < Int64(Sweep.mostCandidates) else {
      throw ValidationError(
        "--sweep `\(text)` is no range; write the lower end first and a step above 0, as 0.6..0.9/0.05"
      )
    }
    return (0...(to - from) / step).map { from + $0 * step }
  }

  private static func number(_ text: String, of knob: PolicyKnob) throws -> Int64 {
    let bytes = Array(text.utf8)
    do {
      let value = try Ratio(decimal: bytes.span).billionths
      guard value >= 0 else { throw DecimalText.Failure.outOfRange }
      return value
    } catch {
      throw ValidationError(
        "--sweep gives \(knob.path) the value `\(text)`, which is no number of 0 or more")
    }
  }
}
