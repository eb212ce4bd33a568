/// Why an input cannot be read. Prints as one sentence: where, what, and what to do.
package struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Each has an exit code of its own (cli.md).
  package enum Kind: Sendable {
    /// Not there, or not readable.
    case missing
    /// There, but not what it must be.
    case undecodable
    /// Not what it was when half of it was taken in.
    case changed
    /// What had to be put aside of it found no room.
    case unwritable
  }

  package let kind: Kind
  package let path: String
  package let what: String
  package let remedy: String

  package init(_ kind: Kind, _ path: String, _ what: String, remedy: String) {
    self.kind = kind
    self.path = path
    self.what = what
    self.remedy = remedy
  }

  package var description: String { "\(path): \(what); \(remedy)" }
}
