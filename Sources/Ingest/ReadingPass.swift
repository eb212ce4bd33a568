package import LedgerStore

/// Reads a log as ingest does and takes nothing in: what the reading alone costs (`scripts/bench reading`).
package enum ReadingPass {
  package struct Outcome: Sendable {
    /// Lines, and those of them that were rejected or blank; the others are events.
    package fileprivate(set) var counts = LineCounts()
    /// Unpacked bytes.
    package fileprivate(set) var bytes: Int64 = 0
    /// Names that the book of the run met for the first time.
    package fileprivate(set) var names = 0
  }

  /// - Throws: ``InputError`` if the file cannot be read.
  package static func run(_ path: String) throws(InputError) -> Outcome {
    let reading = ReadingFile(path, format: nil, stop: StopFlag())
    var outcome = Outcome()
    while let step = reading.next() {
      switch step {
      case .lines(let read):
        outcome.counts = outcome.counts + read.counts
        for names in read.events.newNames { outcome.names += names.count }
        reading.recycle(read)
      case .end(let file):
        outcome.bytes = file.unpacked.bytes
        return outcome
      case .failed(let error): throw error
      }
    }
    preconditionFailure("the reading ended without an end")
  }
}
