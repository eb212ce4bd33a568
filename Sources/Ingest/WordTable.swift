internal import LedgerStore
internal import StrictJSON

/// A set of words that a field may hold, found by their bytes.
struct WordTable<Word: RawRepresentable & CaseIterable & Sendable>: Sendable
where Word.RawValue == String {
  struct Entry: Sendable {
    let word: Word
    /// By ``TextKey``.
    let key: Int64
    /// The word in its quotes.
    fileprivate let run: JSONRun
  }

  private let entries: [Entry]

  init() {
    entries = Word.allCases.map { word in
      let text = Array(word.rawValue.utf8)
      let quote = [UInt8(ascii: "\"")]
      guard let run = JSONRun(quote + text + quote) else {
        preconditionFailure("\(word.rawValue) is too long for a run")
      }
      return Entry(word: word, key: TextKey.of(text.span), run: run)
    }
  }

  /// Takes the word at the cursor; nil if none of the set stands there.
  func take(_ cursor: inout JSONCursor) -> Entry? {
    for entry in entries where cursor.take(entry.run) { return entry }
    return nil
  }
}
