/// One thing that another policy says otherwise.
package struct PolicyChange: Hashable, Sendable {
  /// Where it stands in the file: `classes.batch.stop.retry_budget`.
  package let part: String
  /// As the file would have it, in words; nil where it says nothing.
  package let before: String?
  package let after: String?
  /// What changes, and for whom.
  package let sentence: String
}
