/// What a run tells of itself while it reads a file, and what may stop it.
package struct IngestWatch: Sendable {
  /// How far a file is read.
  package struct Progress: Sendable {
    package let path: String
    /// Of the file as it stands, packed or not.
    package let bytes: Int64
    /// Nil where it has no end yet, as standard input.
    package let size: Int64?
    package let lines: Int64
  }

  package let stop: StopFlag
  private let tell: (@Sendable (Progress) -> Void)?

  package init(stop: StopFlag = StopFlag(), tell: (@Sendable (Progress) -> Void)? = nil) {
    self.stop = stop
    self.tell = tell
  }

  /// Lines between two reports of progress.
  private static let step: Int64 = 256

  /// Called between lines.
  /// - Throws: ``Stopped`` once a stop was asked for.
  func beat(_ path: String, lines: Int64, of source: ByteSource) throws(Stopped) {
    try stop.check()
    guard let tell, lines % Self.step == 0 else { return }
    tell(Progress(path: path, bytes: source.packedCount, size: source.packedSize, lines: lines))
  }
}
