import ArgumentParser
import Ingest
import MappingFile
import PolicyFile
import Traffic
import Wording

/// What the user says about a log beside its bytes.
struct FormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where a field of attribution stands in the log, before the places known for its format, such as workflow=metadata.requester_metadata.job. May be given several times.",
      valueName: "field=path"))
  var map: [String] = []

  @Option(
    help: ArgumentHelp(
      "A mapping file for a log of no format known here (docs/formats.md).", valueName: "file"))
  var mapping: String?

  @Flag(name: .customLong("assume-utc"), help: "Take times without a zone for UTC.")
  var assumesUTC = false

  func validate(_ name: FormatName) throws {
    guard name != .named(.custom) || mapping != nil else {
      throw ValidationError("--from-format custom: no mapping; name its file with --mapping")
    }
  }

  func settings() throws -> FormatSettings {
    FormatSettings(
      assumesUTC: assumesUTC, map: try map.map(Self.place), mapping: try mapping.map(Self.read))
  }

  private static func place(_ text: String) throws -> (field: AttributionField, path: FieldPath) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let words = AttributionField.allCases.map(\.rawValue)
    guard parts.count == 2 else {
      throw ValidationError(
        "--map \(text): no `=`; write a field and its path, such as workflow=metadata.job")
    }
    // The short names of the fields whose names end in `_id`.
    let name = String(parts[0])
    guard
      let field = AttributionField(rawValue: name) ?? AttributionField(rawValue: name + "_id")
    else {
      let nearest = NearestWord.of(name, in: words).map { "did you mean `\($0)`? " } ?? ""
      throw ValidationError(
        "--map \(text): unknown field `\(name)`; \(nearest)allowed: \(Phrase.list(words))")
    }
    guard let path = FieldPath(String(parts[1])) else {
      throw ValidationError(
        "--map \(text): `\(parts[1])` is no path; join keys by dots, such as metadata.job, or "
          + "tags[job]")
    }
    return (field, path)
  }

  private static func read(_ file: String) throws -> CustomMapping {
    let bytes = try InputBytes.read(file)
    do {
      return try MappingYAML.read(bytes)
    } catch {
      throw CommandFailure(CommandFailure.badData, error.text(file: file))
    }
  }
}
