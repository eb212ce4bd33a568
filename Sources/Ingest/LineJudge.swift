internal import StrictJSON
internal import Traffic

/// Says what one line tells, outside of a file's reading: for lines that are tried again.
struct LineJudge {
  enum Judgement {
    case entry(LogEntry, known: [UInt8])
    /// With what the quarantine may keep of it.
    case rejected(Rejection, known: [UInt8])
  }

  /// events.md: what the quarantine keeps of a line.
  static let excerptBytes = 2_000

  private var tape = JSONTape()
  private let readers: FormatReaders

  init(_ readers: FormatReaders = FormatReaders(FormatSettings())) { self.readers = readers }

  mutating func judge(_ line: [UInt8], as format: LogFormat) -> Judgement {
    let reader = readers[format]
    let bytes = onlyEntry(of: line, reader)
    guard bytes.count <= LineReader.longest else {
      return .rejected(
        Rejection(.lineTooLong, "the line is longer than \(LineReader.longest) bytes"), known: [])
    }
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      return .rejected(Rejection(error), known: reader.kept(of: bytes, after: error, &tape))
    }
    let known = Array(reader.knownFields.projection(of: tape).prefix(Self.excerptBytes))
    guard tape.kind(JSONTape.root) == .object else {
      let found = tape.kind(JSONTape.root).name
      return .rejected(
        Rejection(.notAnObject, "the line is \(found); it must be an object"), known: known)
    }
    do throws(Rejection) {
      let entry = try reader.entry(from: tape)
      try reader.checkWholeness(of: tape)
      return .entry(entry, known: known)
    } catch {
      return .rejected(error, known: known)
    }
  }

  /// A record of one entry stands for it.
  private mutating func onlyEntry(of line: [UInt8], _ reader: any SourceFormat) -> [UInt8] {
    guard line.count <= LineReader.longest, (try? tape.parse(line)) != nil,
      let entries = reader.entries(of: tape), entries.count == 1
    else { return line }
    return entries[0]
  }
}

extension SourceFormat {
  /// What may be kept of a line that is no JSON of ours: all of a damaged one, but of one that is
  /// well-formed otherwise only the known fields.
  func kept(
    of bytes: some Collection<UInt8>, after failure: JSONFailure, _ tape: inout JSONTape
  ) -> [UInt8] {
    switch failure.code {
    case .syntax, .encoding: return Array(bytes.prefix(LineJudge.excerptBytes))
    case .depth: return []
    case .duplicateKey:
      do throws(JSONFailure) {
        try tape.parse(bytes, allowingDuplicateKeys: true)
        return Array(knownFields.projection(of: tape).prefix(LineJudge.excerptBytes))
      } catch {
        return Array(bytes.prefix(LineJudge.excerptBytes))
      }
    }
  }
}
