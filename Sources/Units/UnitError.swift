/// A value outside its unit's range. Prints as: `share is 12000 bp; give 0 to 10000`.
public struct UnitError: Error, Hashable, Sendable, CustomStringConvertible {
  public let what: String
  public let remedy: String

  public init(what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }

  public var description: String { "\(what); \(remedy)" }
}
