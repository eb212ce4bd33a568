internal import GRDB

/// Finds the rows of a table by the ``TextKey`` of a text of theirs, in place of an index on the text.
///
/// New keys are kept in memory and written as a run, many at a time. A filter in memory tells of most
/// keys that they are new.
final class KeyIndex {
  private let runs: KeyRuns
  private let fresh = KeyBuckets(bits: KeyIndex.freshBits)
  // Whoever matches rows adds no keys, so no access needs a check of its own.
  @exclusivity(unchecked) private var filter: KeyFilter
  /// Keys that were looked for in the runs, until that is worth a filter.
  private var searches = 0

  /// From when on reading all keys once is cheaper than to look for each.
  private static let mostSearches = 20_000
  private static let freshBits = 8
  private static let mostAhead = 4_000_000

  init(_ database: Database, _ kind: KeyRuns.Kind) throws {
    runs = try KeyRuns(database, kind)
    filter = KeyFilter(knowsAll: runs.count == 0)
  }

  /// Keys that are not written yet.
  var freshCount: Int { fresh.count }

  /// Whether a key may have been told or added; if not, it is new.
  func mayHave(_ key: Int64) -> Bool { filter.mayHave(key) }

  /// Has the places fetched where a key will be asked for soon.
  func prefetch(_ key: Int64) { filter.prefetch(key) }

  /// Tells of a key that will be added.
  func tell(_ key: Int64) { filter.add(key) }

  /// The row under `key` that `matches`: not every row under a key has the text that is looked for.
  func row(_ key: Int64, where matches: (Int64) throws -> Bool) throws -> Int64? {
    guard filter.mayHave(key) else { return nil }
    if let id = try fresh.value(key, where: matches) { return id }
    guard runs.count > 0 else { return nil }
    searches += 1
    if searches == Self.mostSearches, try fill(), !filter.mayHave(key) { return nil }
    return try runs.row(key, where: matches)
  }

  /// Adds a key that was told.
  func add(_ key: Int64, _ id: Int64) { fresh.add(key, id) }

  /// Writes the new keys.
  func flush() throws {
    guard fresh.count > 0 else { return }
    try runs.append(fresh)
    fresh.removeAll()
  }

  /// Tells the filter of all keys; false if it cannot hold them.
  private func fill() throws -> Bool {
    let count = runs.count + fresh.count
    // As many as there are, and some million that may come: when they are more, a layer is added.
    let room = count + min(count, Self.mostAhead)
    guard !filter.knowsAll, room <= KeyFilter.mostKeys else { return false }
    let full = KeyFilter(roomFor: room)
    try runs.forEach { key, _ in full.add(key) }
    fresh.forEach { full.add($0.key) }
    filter = full
    return true
  }
}
