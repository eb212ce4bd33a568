import Glibc

/// Writes a file all at once: a reader sees the old content or the new, never a part.
package enum FileWriter {
  /// Puts `bytes` in place of the file at `path`, or makes it. Its folder must exist.
  ///
  /// What is no file but takes bytes, such as `/dev/stdout` or a pipe, is written to as it is. A file
  /// that was there keeps its mode; a new one is its owner's alone unless it is for `readers`, who get
  /// what the umask leaves them.
  /// - Throws: ``WriteError``; the file is then as it was.
  package static func replace(
    _ path: String, with bytes: [UInt8], forReaders readers: Bool = false
  ) throws(WriteError) {
    var status = stat()
    var mode: mode_t = readers ? 0o666 : 0o600
    var isMasked = true
    if stat(path, &status) == 0 {
      mode = status.st_mode & 0o777
      isMasked = false
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        throw WriteError(path: path, what: "is a folder", remedy: "give the name of a file")
      case S_IFREG: break
      default:
        try write(bytes, to: path, flags: O_WRONLY, syncs: false)
        return
      }
    }
    // A link stays, what it points to is replaced.
    let target = resolved(path)
    let (folder, name) = split(target)
    do throws(WriteError) {
      let temporary = try temporaryName(beside: name, in: folder) { path throws(WriteError) in
        try write(
          bytes, to: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode, isMasked: isMasked)
      }
      guard rename(temporary, target) == 0 else {
        let error = WriteError(errno: errno, path: path)
        unlink(temporary)
        throw error
      }
      try syncFolder(folder)
    } catch {
      // Nobody gave the names that are only passed through.
      throw WriteError(path: path, what: error.what, remedy: error.remedy)
    }
  }

  package static func replace(
    _ path: String, with text: String, forReaders readers: Bool = false
  ) throws(WriteError) {
    try replace(path, with: Array(text.utf8), forReaders: readers)
  }

  /// Writes and flushes to disk; a file that was made and cannot be finished is removed.
  static func write(
    _ bytes: [UInt8], to path: String, flags: CInt, syncs: Bool = true, mode: mode_t = 0o666,
    isMasked: Bool = true
  ) throws(WriteError) {
    let file = retrying { open(path, flags | O_CLOEXEC, mode) }
    guard file >= 0 else { throw WriteError(errno: errno, path: path) }
    var written = 0
    var failure: CInt = 0
    if !isMasked, fchmod(file, mode) != 0 { failure = errno }
    bytes.withUnsafeBytes { buffer in
      while written < buffer.count, failure == 0 {
        let count = Glibc.write(
          file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
        if count >= 0 { written += count } else if errno != EINTR { failure = errno }
      }
    }
    if failure == 0, syncs, retrying({ fsync(file) }) != 0 { failure = errno }
    if close(file) != 0, failure == 0 { failure = errno }
    guard failure != 0 else { return }
    if flags & O_CREAT != 0 { unlink(path) }
    throw WriteError(errno: failure, path: path)
  }

  /// Makes a hidden entry beside `name` under a name that nobody else has.
  static func temporaryName(
    beside name: String, in folder: String, _ make: (String) throws(WriteError) -> Void
  ) throws(WriteError) -> String {
    // The name itself may be as long as names may be.
    let stem = String(name.prefix(64))
    while true {
      let path = "\(folder)/.\(stem).tmp-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
      var status = stat()
      if lstat(path, &status) == 0 { continue }
      try make(path)
      return path
    }
  }

  /// Without this a rename may be lost with the power.
  static func syncFolder(_ path: String) throws(WriteError) {
    let folder = retrying { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard folder >= 0 else { throw WriteError(errno: errno, path: path) }
    defer { close(folder) }
    // Some file systems cannot sync a folder, and say EINVAL.
    guard retrying({ fsync(folder) }) == 0 || errno == EINVAL else {
      throw WriteError(errno: errno, path: path)
    }
  }

  /// A call that a signal interrupted is made again.
  private static func retrying(_ call: () -> CInt) -> CInt {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
