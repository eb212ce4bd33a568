import Foundation
import LedgerStore
import MappingFile
import StrictJSON
import Traffic
import Units

@testable import Ingest

/// A log of one format: no entry is lost, what is taken keeps within the contract, and an entry says the
/// same whenever it is asked.
enum FormatTargets {
  static let sampleLines: [[UInt8]] = [
    #"{"request_id":"r","id":"e","ts":"2026-10-01T00:00:00Z","model":"p/m","usage":{"in":1}}"#,
    #"{"calls":[{"id":"a","time":1,"tokens":{"prompt":"7"}}],"x":null}"#,
  ].map { Array($0.utf8) }

  private static let readers: FormatReaders = {
    // scripts/fuzz runs in the repository's folder.
    let yaml = FileManager.default.contents(atPath: "formats/custom.yaml")
    let mapping = yaml.flatMap { try? MappingYAML.read(Array($0)) }
    precondition(mapping != nil, "formats/custom.yaml is not there, or no mapping")
    return FormatReaders(FormatSettings(assumesUTC: true, mapping: mapping))
  }()

  static func run(_ bytes: [UInt8], as format: LogFormat) {
    var entries: [[UInt8]] = []
    if format == .native {
      entries = bytes.split(separator: 0x0A).map(Array.init)
    } else {
      var stream = EntryStream(readers[format])
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      var offset: Int64 = 0
      do {
        for (number, line) in lines.enumerated() {
          let place = RecordPlace(number: Int64(number + 1), offset: offset)
          try stream.take(place, line) { entries.append(Array($1)) }
          offset += Int64(line.count + 1)
        }
        try stream.finish { entries.append(Array($1)) }
      } catch {
        return
      }
    }
    var judge = LineJudge(readers)
    var builder = BatchBuilder()
    for entry in entries where !entry[...].isBlank { check(entry, format, &judge, &builder) }
  }

  private static func check(
    _ bytes: [UInt8], _ format: LogFormat, _ judge: inout LineJudge, _ builder: inout BatchBuilder
  ) {
    guard case .entry(let entry, let known) = judge.judge(bytes, as: format) else { return }
    builder.append(entry, line: 1)
    let batch = builder.take()
    promise(batch.events.count == 1, "an entry of \(batch.events.count) events")
    guard case .attempt(let attempt) = entry.content else { return }
    check(attempt)
    // What the quarantine keeps of an entry tells all that it told, or is refused.
    guard known.count < LineJudge.excerptBytes else { return }
    if case .entry(let again, _) = judge.judge(known, as: format),
      case .attempt(let other) = again.content
    {
      var hash = ContentHash()
      promise(
        hash.of(attempt) == hash.of(other) && attempt.eventID == other.eventID,
        "another content of what is kept of it")
    }
  }

  private static func check(_ attempt: Attempt) {
    for name in [attempt.eventID, attempt.requestID]
      + AttributionField.allCases.compactMap({ attempt.attribution[$0] })
    {
      promise((1...Name.maximumBytes).contains(name.text.utf8.count), "a name of no length allowed")
      promise(
        name.text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
        "a control character in a name")
    }
    let usage = attempt.usage
    promise(
      [usage.input, usage.cachedInput, usage.cacheWrite, usage.output, usage.reasoning]
        .allSatisfy { $0 >= 0 }, "a count below 0")
    promise(
      usage.cachedInput.addingReportingOverflow(usage.cacheWrite).partialValue <= usage.input,
      "more cached than input")
    promise(attempt.reportedCost.map { $0 >= .zero } ?? true, "a cost below 0")
    promise(attempt.latencyMilliseconds.map { $0 >= 0 } ?? true, "a latency below 0")
    let year = attempt.startedAt.day.date.year
    promise((2000...2199).contains(year), "a time in \(year)")
    promise((attempt.action == .model) == (attempt.route != nil), "a route of what calls no model")
    promise((attempt.action == .model) == (attempt.outcome != nil), "no outcome of a call")
  }
}
