internal import Glibc

/// Finds the log files that paths stand for.
package enum InputFiles {
  private static let names = [".jsonl", ".ndjson", ".json"]
  private static let packings = ["", ".zst", ".gz"]

  /// The files behind `paths`, in the order given; a folder stands for the logs in it and below, by
  /// their paths' bytes; of tables only those that a gateway exports. Hidden files and links to folders are passed over.
  /// - Throws: ``InputError`` if a path is missing or no file, or a folder has no logs.
  package static func find(_ paths: [String]) throws(InputError) -> [String] {
    var files: [String] = []
    for path in paths {
      guard path != "-" else {
        files.append(path)
        continue
      }
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw InputError(
          .missing, path, String(cString: strerror(errno)).lowercased(), remedy: "check the path")
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: files.append(path)
      case S_IFDIR:
        let found = try logs(in: path)
        guard !found.isEmpty else {
          throw InputError(
            .missing, path, "has no logs in it",
            remedy: "logs end in .jsonl, .ndjson, .json or .csv, or in one of these and .zst or .gz"
          )
        }
        files += found
      default:
        throw InputError(
          .missing, path, "is neither a file nor a folder", remedy: "give a log, a folder, or -")
      }
    }
    return files
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The logs in a folder and below.
  static func logs(in folder: String) throws(InputError) -> [String] {
    guard let handle = opendir(folder) else {
      throw InputError(
        .missing, folder, "cannot be read (\(String(cString: strerror(errno))))",
        remedy: "check its permissions")
    }
    defer { closedir(handle) }
    var entries: [String] = []
    while let entry = readdir(handle) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      let name = String(decoding: bytes, as: UTF8.self)
      guard !name.hasPrefix(".") else { continue }
      guard name.utf8.elementsEqual(bytes) else {
        throw InputError(
          .missing, folder, "has a file whose name is not UTF-8 (`\(name)`)", remedy: "rename it")
      }
      entries.append(name)
    }
    var files: [String] = []
    for name in entries.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        files += try logs(in: path)
      } else if isLogName(name) {
        // A link that leads nowhere is a log that cannot be read, and that will be said.
        let isThere = stat(path, &status) == 0
        if !isThere || status.st_mode & S_IFMT == S_IFREG { files.append(path) }
      } else if hasName(name, [".csv"]), FormatSniffer.isCSVLog(path) {
        // Other tables may lie beside the logs: prices, tenants.
        files.append(path)
      }
    }
    return files
  }

  private static func isLogName(_ name: String) -> Bool { hasName(name, names) }

  private static func hasName(_ name: String, _ endings: [String]) -> Bool {
    endings.contains { base in packings.contains { name.hasSuffix(base + $0) } }
  }
}
