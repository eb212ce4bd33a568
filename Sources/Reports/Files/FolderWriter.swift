import CLinux
import Glibc

/// A file of a folder that is written at once.
package struct ReportFile: Hashable, Sendable {
  /// Without folders.
  package let name: String
  package let text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Writes a folder all at once: a reader sees the old folder or the new, never a part.
package enum FolderWriter {
  /// Puts a folder of exactly `files` in place as `parent`/`name`, in place of one that was there.
  /// Makes `parent` where it is missing.
  ///
  /// - Throws: ``WriteError``; the folder is then as it was, and nothing else is left behind.
  package static func replace(
    _ name: String, in parent: String, with files: [ReportFile]
  ) throws(WriteError) {
    for part in [name] + files.map(\.name) {
      precondition(
        !part.isEmpty && part != "." && part != ".." && !part.contains("/"), "not a name: \(part)")
    }
    let parent = tidied(parent)
    try makeFolders(parent)
    let target = "\(parent)/\(name)"
    let exists = try isFolder(target)

    let temporary = try FileWriter.temporaryName(beside: name, in: parent) {
      path throws(WriteError) in
      guard mkdir(path, 0o777) == 0 else { throw WriteError(errno: errno, path: path) }
    }
    do {
      for file in files {
        try FileWriter.write(
          Array(file.text.utf8), to: "\(temporary)/\(file.name)",
          flags: O_WRONLY | O_CREAT | O_EXCL)
      }
      try FileWriter.syncFolder(temporary)
      try exists ? swap(temporary, target) : move(temporary, target)
    } catch {
      // The first failure is the one to tell.
      removeFolder(temporary)
      throw WriteError(path: target, what: error.what, remedy: error.remedy)
    }
    // What was there before now has the temporary name. It goes when the new one is safe, or when that
    // cannot be told: then it is in place all the same.
    defer { if exists { removeFolder(temporary) } }
    try FileWriter.syncFolder(parent)
    guard exists, !removeFolder(temporary) else { return }
    throw WriteError(
      path: target, what: "is written, but the old one stays behind as \(temporary)",
      remedy: "remove that")
  }

  /// Without slashes at its end; the working folder where nothing is given.
  private static func tidied(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path.isEmpty ? "." : String(path)
  }

  private static func move(_ from: String, _ to: String) throws(WriteError) {
    guard rename(from, to) == 0 else { throw WriteError(errno: errno, path: to) }
  }

  /// At once where the file system can; else the old folder is aside for the time of one rename.
  private static func swap(_ new: String, _ old: String) throws(WriteError) {
    if fl_exchange(new, old) == 0 { return }
    guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else {
      throw WriteError(errno: errno, path: old)
    }
    let aside = new + "-old"
    try move(old, aside)
    guard rename(new, old) == 0 else {
      let error = WriteError(errno: errno, path: old)
      try move(aside, old)
      throw error
    }
    try move(aside, new)
  }

  private static func isFolder(_ path: String) throws(WriteError) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw WriteError(errno: errno, path: path) }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw WriteError(path: path, what: "is not a folder", remedy: "move it away")
    }
    return true
  }

  /// Makes a folder and those above it where they are missing.
  package static func makeFolders(_ path: String) throws(WriteError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolders(String(path[..<slash]))
    }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw WriteError(errno: errno, path: path)
    }
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw WriteError(path: path, what: "is not a folder", remedy: "write elsewhere")
    }
  }

  /// Whether the folder and all in it are gone. Links are removed, not followed.
  @discardableResult
  private static func removeFolder(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return errno == ENOENT }
    guard status.st_mode & S_IFMT == S_IFDIR else { return unlink(path) == 0 }
    for entry in entries(of: path) { removeFolder("\(path)/\(entry)") }
    return rmdir(path) == 0
  }

  static func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      // The name is the record's rest, longer or shorter than its declared array.
      let name = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      let text = String(cString: name.assumingMemoryBound(to: CChar.self))
      if text != ".", text != ".." { names.append(text) }
    }
    return names
  }
}
