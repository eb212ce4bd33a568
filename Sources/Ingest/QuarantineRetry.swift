package import LedgerStore
internal import StrictJSON
internal import Traffic

/// Tries lines of the quarantine again, all in one transaction. A line that is admitted leaves it; one
/// that is not stays with its new reason.
package struct QuarantineRetry {
  package struct Outcome: Sendable {
    /// How the lines that were tried fared.
    package fileprivate(set) var counts = LineCounts()
    /// Lines of the file that an earlier retry had admitted.
    package fileprivate(set) var mendedBefore: Int64 = 0
    /// Requests that the ledger did not have before.
    package fileprivate(set) var newRequests = 0
  }

  private let quarantine: QuarantineTable
  private let writer: LedgerWriter
  private var judge: LineJudge
  private var builder = BatchBuilder()
  private var outcome = Outcome()
  /// Lines of the quarantine for which the file had one.
  private var tried: Set<Int64> = []
  /// Lines that were admitted, to be marked once their attempts are written.
  private var admitted: [(line: QuarantineTable.Waiting, event: Name, isDuplicate: Bool)] = []

  /// Tries every waiting line of which the quarantine kept all that its format reads, for a program
  /// that has learnt more since. Conflicts stay: time does not settle them.
  package static func retryAll(_ ledger: Ledger, _ settings: FormatSettings) throws -> Outcome {
    try run(ledger, settings) { retry in
      var id: Int64 = 0
      while let line = try retry.quarantine.line(after: id) {
        id = line.id
        // A cut excerpt would only be rejected for being cut.
        let isWhole = !line.excerpt.isEmpty && line.excerpt.count < LineJudge.excerptBytes
        if isWhole, !line.isConflict { try retry.take(line, line.excerpt) }
      }
    }
  }

  /// Tries the lines of a file as ``MendedLine`` has them.
  /// - Throws: ``InputError`` if the file cannot be read or names a line that was never rejected;
  ///   then nothing of it is taken.
  package static func retry(
    _ ledger: Ledger, mended path: String, _ settings: FormatSettings
  ) throws -> Outcome {
    try run(ledger, settings) { retry in
      var tape = JSONTape()
      try InputLines.forEach(in: path, wait: {}) { number, bytes in
        let place = "\(path):\(number)"
        guard let bytes else {
          throw InputError(
            .undecodable, place, "is longer than \(LineReader.longest) bytes",
            remedy: "give what `rejects export` wrote")
        }
        guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return }
        let mended = try MendedLine.read(bytes, &tape, place: place)
        let lines = try retry.quarantine.lines(sha256: mended.sha256)
        guard !lines.isEmpty else {
          throw InputError(
            .undecodable, place, "names a line that this ledger never rejected",
            remedy: "give what `rejects export` wrote of this ledger")
        }
        // Of copies each line of the file mends the next.
        if let line = lines.first(where: { !$0.isMended && !retry.tried.contains($0.id) }) {
          retry.tried.insert(line.id)
          try retry.take(line, mended.text)
        } else {
          retry.outcome.mendedBefore += 1
        }
      }
    }
  }

  private static func run(
    _ ledger: Ledger, _ settings: FormatSettings,
    _ body: (inout QuarantineRetry) throws -> Void
  ) throws -> Outcome {
    try ledger.write { database in
      var retry = QuarantineRetry(
        quarantine: try QuarantineTable(database), writer: try LedgerWriter(database),
        judge: LineJudge(FormatReaders(settings)))
      try body(&retry)
      try retry.writer.finish()
      for (line, event, isDuplicate) in retry.admitted {
        try retry.quarantine.mend(
          line, by: retry.writer.request(ofEvent: event), isDuplicate: isDuplicate)
      }
      retry.outcome.newRequests = retry.writer.newRequests
      return retry.outcome
    }
  }

  private init(quarantine: QuarantineTable, writer: LedgerWriter, judge: LineJudge) {
    self.quarantine = quarantine
    self.writer = writer
    self.judge = judge
  }

  private mutating func take(_ line: QuarantineTable.Waiting, _ bytes: [UInt8]) throws {
    outcome.counts.lines += 1
    let format = LogFormat(rawValue: line.format) ?? .native
    switch judge.judge(bytes, as: format) {
    case .rejected(let rejection, let known):
      outcome.counts.rejected += 1
      try leave(line, rejection, known)
    case .entry(let entry, let known):
      guard case .attempt(let attempt) = entry.content else {
        outcome.counts.rejected += 1
        return try leave(line, Self.noAttempt, known)
      }
      builder.append(entry, line: line.line)
      let batch = builder.take()
      try writer.learn(batch)
      switch try writer.admit(0, of: batch, file: line.file) {
      case .accepted:
        outcome.counts.accepted += 1
        admitted.append((line, attempt.eventID, false))
      case .duplicate:
        outcome.counts.duplicates += 1
        admitted.append((line, attempt.eventID, true))
      case .conflict:
        outcome.counts.conflicts += 1
        try leave(line, .conflict(of: attempt), known)
      }
    }
  }

  /// A line that the quarantine gives back is an attempt.
  private static let noAttempt = Rejection(
    .missingField,
    "the span calls no model; mend it in its log and ingest that again")

  private func leave(
    _ line: QuarantineTable.Waiting, _ rejection: Rejection, _ excerpt: [UInt8]
  ) throws {
    try quarantine.restate(
      line, code: rejection.code.rawValue, reason: rejection.reason, excerpt: excerpt,
      isConflict: rejection.code == .conflict)
  }
}
