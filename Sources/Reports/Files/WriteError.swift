import Glibc

/// A file or folder that could not be written. Prints as:
/// `reports/2026-10-01 cannot be written: No space left on device; free some space and run it again`
package struct WriteError: Error, Hashable, Sendable, CustomStringConvertible {
  package let path: String
  package let what: String
  package let remedy: String

  package init(path: String, what: String, remedy: String) {
    self.path = path
    self.what = what
    self.remedy = remedy
  }

  /// The failure of the last system call, which was about `path`.
  init(errno code: CInt, path: String) {
    self.path = path
    what = "cannot be written: \(String(cString: strerror(code)))"
    remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some space and run it again"
      case EACCES, EPERM, EROFS: "write elsewhere, or allow writing there"
      case ENOENT, ENOTDIR: "make its folder, or write elsewhere"
      case ENAMETOOLONG: "give a shorter name"
      default: "see that the disk is well and run it again"
      }
  }

  package var description: String { "\(VisibleText.escaping(path)) \(what); \(remedy)" }
}
