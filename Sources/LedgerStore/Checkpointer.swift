internal import Dispatch
internal import GRDB

/// Brings what a long write has committed from the log of changes into the ledger, on a thread of its own
/// and through a connection of its own, while the writer goes on.
///
/// It is a help and no duty: what it leaves, for want of room or because of readers, the writer's own
/// connection brings over at its last commit or when it is closed.
final class Checkpointer: Sendable {
  private let path: String
  private let identity: FileIdentity?
  private let queue = DispatchQueue(label: "ledger, checkpoint")

  /// Less than this of a log is not worth a thread.
  private static let leastBytes: Int64 = 16 << 20

  /// A file that has taken the name of the one of this `identity` is let alone.
  init(path: String, identity: FileIdentity?) {
    self.path = path
    self.identity = identity
  }

  /// Begins, if there is much to bring over.
  func begin() {
    guard FileIdentity.bytes(of: path + "-wal") >= Self.leastBytes,
      identity == FileIdentity(path)
    else { return }
    queue.async { [path] in
      var configuration = Configuration()
      configuration.label = "ledger, checkpoint"
      configuration.foreignKeysEnabled = false
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      guard let other = try? DatabaseQueue(path: path, configuration: configuration) else { return }
      _ = try? other.writeWithoutTransaction { try $0.checkpoint(.passive) }
      try? other.close()
    }
  }

  /// Waits until nothing is brought over any more.
  func end() { queue.sync {} }
}
