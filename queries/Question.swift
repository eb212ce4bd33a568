/// A worked question of `questions/`: SQL over the public views that any client runs as it is.
package struct Question: Sendable {
  /// A value that it may be given; left out, it is NULL.
  package struct Parameter: Sendable {
    package enum Kind: String, Sendable {
      /// `YYYY-MM-DD`.
      case day
      /// `YYYY-MM`.
      case month
      /// A whole number of 0 or more.
      case count
    }

    package let name: String
    package let kind: Kind
    package let meaning: String
  }

  package let name: String
  package let question: String
  package let grain: String
  package let columns: String
  package let reads: String
  /// How long it may take on one core: `under 0.1 s`, or of what else the time is, such as
  /// `4 s a month of 5 million requests`.
  package let takes: String
  package let parameters: [Parameter]
  package let sql: String

  init(_ bytes: [UInt8]) {
    let sql = QueryCatalog.text(bytes)
    self.sql = sql
    name = QueryCatalog.head("name", of: sql)
    question = QueryCatalog.head("question", of: sql)
    grain = QueryCatalog.head("grain", of: sql)
    columns = QueryCatalog.head("columns", of: sql)
    reads = QueryCatalog.head("reads", of: sql)
    takes = QueryCatalog.head("takes", of: sql)
    parameters = QueryCatalog.heads("param", of: sql).compactMap { text in
      let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
      guard words.count == 3, let kind = Parameter.Kind(rawValue: String(words[1])) else {
        return nil
      }
      return Parameter(
        name: String(words[0]), kind: kind, meaning: String(words[2].drop { $0 == " " }))
    }
  }
}
