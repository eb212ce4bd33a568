internal import Glibc

/// Tells of the logs in folders that nobody writes any more, each once as long as it stays as it is.
package struct SettledFiles {
  /// What a file shows of itself without being read.
  private struct State: Hashable {
    let inode: UInt
    let size: Int
    let changedSeconds: Int
    let changedNanoseconds: Int
  }

  private let folders: [String]
  private let patterns: [String]
  private let settle: Int
  private var told: [String: State] = [:]

  /// Looks for the names that one of the shell `patterns` fits, any log's if there is none, of files
  /// that were not changed for `settle` seconds.
  package init(_ folders: [String], patterns: [String], settle: Int) {
    self.folders = folders
    self.patterns = patterns
    self.settle = settle
  }

  /// The files that settled since the last call, by their paths' bytes, folder by folder.
  /// - Throws: ``InputError`` if a folder cannot be read.
  package mutating func next() throws(InputError) -> [String] {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var found: [String] = []
    var present: [String: State] = [:]
    for folder in folders {
      for path in try InputFiles.logs(in: folder) where fits(path) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
        let state = State(
          inode: UInt(status.st_ino), size: Int(status.st_size),
          changedSeconds: status.st_mtim.tv_sec, changedNanoseconds: status.st_mtim.tv_nsec)
        if told[path] == state {
          present[path] = state
        } else if now.tv_sec - status.st_mtim.tv_sec >= settle {
          present[path] = state
          found.append(path)
        }
      }
    }
    // Files that are gone are forgotten, so that a service may run for years.
    told = present
    return found
  }

  /// Has files told again that could not be taken for no fault of theirs.
  package mutating func retry(_ paths: [String]) {
    for path in paths { told[path] = nil }
  }

  private func fits(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return patterns.isEmpty || patterns.contains { fnmatch($0, name, 0) == 0 }
  }
}
