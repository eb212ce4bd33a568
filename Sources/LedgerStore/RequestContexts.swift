internal import GRDB
internal import Traffic

/// What logs say of requests in lines of their own, such as the spans above the calls of a model
/// (schema 0003). It fills in what a request's attempts leave out, whichever came first.
///
/// Of one id the first content stays; what that says of an attempt hangs on the contexts above it alone,
/// never on the order in which they came.
final class RequestContexts {
  private let insert: RawStatement
  private let find: RawStatement
  private let below: RawStatement
  /// Spares the look-ups where no log of the ledger has such lines.
  private(set) var isEmpty: Bool
  private let dimensions: Dimensions

  /// Contexts above a request that are looked at, at most; a circle ends there.
  private static let highest = 64

  private static let names = AttributionField.allCases.map { $0.table + "_id" }

  init(_ database: Database, _ dimensions: Dimensions) throws {
    self.dimensions = dimensions
    isEmpty =
      try Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT * FROM request_context)") ?? true
    let columns =
      ["key", "request_id", "parent_key", "parent_id", "content_hash", "file_id", "line"]
      + Self.names
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    insert = try RawStatement(
      database,
      "INSERT INTO request_context (\(columns.joined(separator: ", "))) VALUES (\(places))")
    find = try RawStatement(
      database,
      """
      SELECT request_id, content_hash, parent_id, \(Self.names.joined(separator: ", "))
      FROM request_context WHERE key = ?
      """)
    below = try RawStatement(
      database, "SELECT parent_id, request_id FROM request_context WHERE parent_key = ?")
  }

  private struct Stored {
    let contentHash: Int64
    let parent: [UInt8]?
    /// With its names alone.
    let names: Context
  }

  private func stored(_ request: ArraySlice<UInt8>) throws -> Stored? {
    find.add(Self.key(request))
    defer { find.reset() }
    while try find.step() {
      guard find.isText(0, request.span) else { continue }
      return Stored(
        contentHash: find.int(1), parent: find.optionalText(2).map { Array($0.utf8) },
        names: ContextColumns.readAttribution(find, from: 3))
    }
    return nil
  }

  private static func key(_ text: ArraySlice<UInt8>) -> Int64 { TextKey.of(Array(text).span) }

  /// The content hash of the context on record for a request.
  func contentHash(of request: ArraySlice<UInt8>) throws -> Int64? {
    isEmpty ? nil : try stored(request)?.contentHash
  }

  /// Enters a context that the ledger does not have.
  func enter(
    _ request: ArraySlice<UInt8>, parent: ArraySlice<UInt8>?, contentHash: Int64,
    _ names: Context, file: Int64, line: Int64
  ) throws {
    insert.add(Self.key(request))
    insert.add(text: request.span)
    insert.add(parent.map(Self.key))
    insert.add(parent.map { String(decoding: $0, as: UTF8.self) })
    insert.add(contentHash)
    insert.add(file)
    insert.add(line)
    ContextColumns.addAttribution(names, to: insert)
    try insert.run()
    isEmpty = false
  }

  /// What the contexts above a request say, the nearest first.
  func above(_ request: ArraySlice<UInt8>) throws -> [Context] {
    guard !isEmpty else { return [] }
    var names: [Context] = []
    var next: ArraySlice<UInt8>? = request
    while let request = next, names.count < Self.highest, let context = try stored(request) {
      names.append(context.names)
      next = context.parent.map { $0[...] }
    }
    return names
  }

  /// The requests on which a context of one bears: its own and those of the contexts below it.
  func requests(under request: ArraySlice<UInt8>) throws -> [[UInt8]] {
    var found = [Array(request)]
    var seen: Set<[UInt8]> = [found[0]]
    var next = 0
    while next < found.count {
      let parent = found[next]
      next += 1
      below.add(Self.key(parent[...]))
      while try below.step() {
        guard below.isText(0, parent.span) else { continue }
        let child = Array(below.text(1).utf8)
        if seen.insert(child).inserted { found.append(child) }
      }
    }
    return found
  }

  /// Fills in what the lines of a request leave out and the contexts above it say.
  func fill(_ lines: inout [StoredLine], of request: ArraySlice<UInt8>) throws {
    guard !isEmpty else { return }
    let contexts = try above(request)
    guard !contexts.isEmpty else { return }
    let unattributed = try dimensions.id("unattributed", of: .tenant)
    for place in lines.indices {
      lines[place].link.context.fill(under: contexts, unattributed: unattributed)
    }
  }
}

extension Context {
  /// Fills in the names that the contexts above an attempt's request give it.
  ///
  /// A name that one of them gives may have been filled in before a nearer one came: it is looked up
  /// again.
  ///
  /// `unattributed` is the number of the tenant that stands for none.
  fileprivate mutating func fill(under contexts: [Context], unattributed: Int64) {
    for field in AttributionField.allCases {
      let none: Int64 = field == .tenant ? unattributed : 0
      let isOwn =
        attribution[field.index] != none
        && !contexts.contains { $0.says(of: field, sameAs: self) }
      guard !isOwn, let nearest = contexts.first(where: { $0.attribution[field.index] != 0 })
      else { continue }
      take(field, from: nearest)
    }
  }
}
