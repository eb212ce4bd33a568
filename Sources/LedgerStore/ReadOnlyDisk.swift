internal import Glibc

/// A ledger on a file system that is mounted read-only, as a snapshot or a container's volume is.
///
/// SQLite cannot make there the file that readers share with a writer, so it is told that nobody writes,
/// and whether that was true is looked at after every reading.
struct ReadOnlyDisk: Sendable {
  private let path: String
  private let state: State

  private struct State: Equatable {
    var file = stat()

    init(_ path: String) { stat(path, &file) }

    static func == (left: State, right: State) -> Bool {
      left.file.st_ino == right.file.st_ino && left.file.st_size == right.file.st_size
        && left.file.st_mtim.tv_sec == right.file.st_mtim.tv_sec
        && left.file.st_mtim.tv_nsec == right.file.st_mtim.tv_nsec
    }
  }

  /// Nil where SQLite can go its usual way.
  /// - Throws: ``LedgerError`` if changes wait beside the ledger that cannot be read from there.
  init?(reading path: String) throws(LedgerError) {
    guard Self.holds(path) else { return nil }
    var log = stat()
    let hasChanges = stat(path + "-wal", &log) == 0 && log.st_size > 0
    if hasChanges {
      var shared = stat()
      if stat(path + "-shm", &shared) == 0 { return nil }
      throw LedgerError(
        .missing, "\(path) is on a read-only disk, and changes to it still stand in \(path)-wal",
        remedy: "copy both to a folder that can be written, and read them there")
    }
    self.path = path
    state = State(path)
  }

  /// Whether a file is on such a file system.
  static func holds(_ path: String) -> Bool {
    var system = statvfs()
    return statvfs(path, &system) == 0 && system.f_flag & UInt(ST_RDONLY) != 0
  }

  /// What SQLite is to open.
  var uri: String {
    let escaped = path.utf8.reduce(into: "") { text, byte in
      let isPlain = byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
      text +=
        isPlain && byte != UInt8(ascii: "%") && byte < 0x80
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "file:\(escaped)?immutable=1"
  }

  /// - Throws: ``LedgerError`` if the ledger was written after all, by somebody who may.
  func check() throws(LedgerError) {
    guard State(path) == state else {
      throw LedgerError(
        .locked, "\(path) was written while it was read", remedy: "run it again")
    }
  }
}
