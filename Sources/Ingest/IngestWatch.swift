/// What a run tells of itself while it takes a file, and what may stop it.
package struct IngestWatch: Sendable {
  /// How far a file is taken.
  package struct Progress: Sendable {
    package let path: String
    /// Of the file as it stands, packed or not.
    package let bytes: Int64
    /// Nil where it has no end yet, as standard input.
    package let size: Int64?
    package let lines: Int64
  }

  package let stop: StopFlag
  /// Called every thousand lines or so.
  package let tell: @Sendable (Progress) -> Void

  package init(
    stop: StopFlag = StopFlag(), tell: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.stop = stop
    self.tell = tell
  }
}
