public import Traffic

/// A pattern of a rule: `*` stands for any run of bytes, also for none; all else stands for itself.
///
/// There is no escape, so a literal `*` cannot be asked for.
public struct Wildcard: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let pattern: Name

  public init(_ pattern: Name) { self.pattern = pattern }
  public init(stringLiteral text: String) { pattern = Name(text) }

  public var description: String { pattern.text }

  /// Compares UTF-8 bytes, never canonical equivalence.
  public func matches(_ name: Name) -> Bool {
    Self.matches(name.text.utf8.span, pattern: pattern.text.utf8.span)
  }

  static let star = UInt8(ascii: "*")

  /// Each star takes as little as it can, and one byte more whenever what follows does not fit; only
  /// the last star met is ever tried again, so the time is at most the product of the lengths.
  static func matches(_ text: Span<UInt8>, pattern: Span<UInt8>) -> Bool {
    var textAt = 0
    var patternAt = 0
    var afterStar: Int?
    var retryFrom = 0
    while textAt < text.count {
      if patternAt < pattern.count, pattern[patternAt] == star {
        patternAt += 1
        afterStar = patternAt
        retryFrom = textAt
      } else if patternAt < pattern.count, pattern[patternAt] == text[textAt] {
        patternAt += 1
        textAt += 1
      } else if let afterStar {
        retryFrom += 1
        textAt = retryFrom
        patternAt = afterStar
      } else {
        return false
      }
    }
    while patternAt < pattern.count, pattern[patternAt] == star { patternAt += 1 }
    return patternAt == pattern.count
  }
}
