internal import StrictJSON
internal import Traffic

/// Says what one line tells, outside of a file's reading: for lines that are tried again.
struct LineJudge {
  enum Judgement {
    case attempt(Attempt, known: [UInt8])
    /// With what the quarantine may keep of it.
    case rejected(Rejection, known: [UInt8])
  }

  /// events.md: what the quarantine keeps of a line.
  static let excerptBytes = 2_000

  private var tape = JSONTape()

  mutating func judge(_ bytes: [UInt8], as format: LogFormat) -> Judgement {
    let reader = format.reader
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
      let attempt = try reader.attempt(from: tape)
      try reader.checkWholeness(of: tape)
      return .attempt(attempt, known: known)
    } catch {
      return .rejected(error, known: known)
    }
  }
}

extension SourceFormat {
  /// What may be kept of a line that is no JSON of ours: all of a damaged one, but of one that is
  /// well-formed otherwise only the known fields.
  static func kept(
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
