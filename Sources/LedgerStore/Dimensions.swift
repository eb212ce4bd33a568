internal import GRDB
internal import Traffic

/// One table of names and the ledger's numbers for them.
private final class NameTable {
  private let find: RawStatement
  private let insert: RawStatement
  private let read: RawStatement
  private let database: Database
  /// Of a table without an index on its names.
  private let keyed: Keyed?
  private var ids: [Name: Int64] = [:]

  /// Names kept in memory; past that the table answers. Threads and users have no bound.
  private static let mostCached = 100_000

  init(_ database: Database, _ table: String, keys kind: KeyRuns.Kind? = nil) throws {
    self.database = database
    find = try RawStatement(database, "SELECT id FROM \(table) WHERE name = ?")
    insert = try RawStatement(database, "INSERT INTO \(table) (name) VALUES (?)")
    read = try RawStatement(database, "SELECT name FROM \(table) WHERE id = ?")
    keyed = try kind.map { try Keyed(database, table, $0) }
  }

  /// What a table of names without bound has beside it.
  private final class Keyed {
    let keys: KeyIndex
    let insert: RecordInsert
    @exclusivity(unchecked) private var nextID: Int64

    init(_ database: Database, _ table: String, _ kind: KeyRuns.Kind) throws {
      keys = try KeyIndex(database, kind)
      insert = try RecordInsert(database, into: table, ["id", "name"])
      nextID = (try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table)") ?? 0) + 1
    }

    /// Enters a new name, which waits to be written.
    func enter(_ name: Span<UInt8>, key: Int64) throws -> Int64 {
      defer { nextID += 1 }
      insert.begin(row: nextID)
      insert.add(text: name)
      try insert.endRow()
      keys.tell(key)
      keys.add(key, nextID)
      return nextID
    }
  }

  /// The number of a name of which a book asks but once; it is entered if it is new.
  func id(_ text: Span<UInt8>, key: Int64) throws -> Int64 {
    guard let keyed else {
      let name = text.withUnsafeBufferPointer { Name(String(decoding: $0, as: UTF8.self)) }
      return try existingID(name) ?? enter(name)
    }
    let known = try keyed.keys.row(key) { id in
      try keyed.insert.flush()
      read.add(id)
      defer { read.reset() }
      return try read.step() && read.isText(0, text)
    }
    return try known ?? keyed.enter(text, key: key)
  }

  /// The number of `name`, which is entered if it is new.
  func id(_ name: Name) throws -> Int64 {
    if let id = ids[name] { return id }
    if ids.count >= Self.mostCached { ids.removeAll(keepingCapacity: true) }
    let bytes = Array(name.text.utf8)
    let id = try id(bytes.span, key: keyed == nil ? 0 : TextKey.of(bytes.span))
    ids[name] = id
    return id
  }

  func name(_ id: Int64) throws -> Name {
    try keyed?.insert.flush()
    read.add(id)
    defer { read.reset() }
    return try read.step() ? Name(read.text(0)) : Name("")
  }

  /// Has the names that wait written, and their keys, if there are `least`.
  func flush(least: Int) throws {
    guard let keyed else { return }
    try keyed.insert.flushBehind()
    if keyed.keys.freshCount >= least { try keyed.keys.flush() }
  }

  private func existingID(_ name: Name) throws -> Int64? {
    find.add(name.text)
    defer { find.reset() }
    return try find.step() ? find.int(0) : nil
  }

  private func enter(_ name: Name) throws -> Int64 {
    insert.add(name.text)
    try insert.run()
    return database.lastInsertedRowID
  }
}

/// Names of attribution, models and routes, and the ledger's numbers for them.
final class Dimensions {
  struct StoredRoute: Hashable {
    let id: Int64
    let key: RouteKey
  }

  private let database: Database
  private let attribution: [NameTable]
  private let decisionReasons: NameTable
  private let providers: NameTable
  private let groups: NameTable
  private let findModel: RawStatement
  private let insertModel: RawStatement
  private let readModel: RawStatement
  private let findRoute: RawStatement
  private let insertRoute: RawStatement
  private let readRoute: RawStatement
  private var models: [ModelID: Int64] = [:]
  private var modelIDs: [Int64: ModelID] = [:]
  private var routes: [Route: StoredRoute] = [:]
  private var routeKeys: [Int64: RouteKey] = [:]
  /// By model and group, 0 for none.
  private let routeIDs = NumberTable<Int64>()

  init(_ database: Database) throws {
    self.database = database
    attribution = try AttributionField.allCases.map {
      try NameTable(database, $0.table, keys: $0.keyKind)
    }
    decisionReasons = try NameTable(database, "decision_reason")
    providers = try NameTable(database, "provider")
    groups = try NameTable(database, "route_group")
    findModel = try RawStatement(
      database, "SELECT id FROM model WHERE provider_id = ? AND name = ?")
    insertModel = try RawStatement(
      database, "INSERT INTO model (provider_id, name) VALUES (?, ?)")
    readModel = try RawStatement(
      database,
      "SELECT p.name, m.name FROM model m JOIN provider p ON p.id = m.provider_id WHERE m.id = ?")
    findRoute = try RawStatement(
      database, "SELECT id FROM route WHERE model_id = ? AND ifnull(group_id, 0) = ?")
    insertRoute = try RawStatement(
      database, "INSERT INTO route (model_id, group_id) VALUES (?, ?)")
    readRoute = try RawStatement(database, "SELECT model_id, group_id FROM route WHERE id = ?")
  }

  func id(_ name: Name, of field: AttributionField) throws -> Int64 {
    try attribution[field.index].id(name)
  }

  /// The number of a name of a book's `kind` (``EventBatch/newNames``), by its ``TextKey``.
  func id(_ name: Span<UInt8>, key: Int64, kind: Int) throws -> Int64 {
    try (kind == EventBatch.decisionReasons ? decisionReasons : attribution[kind])
      .id(name, key: key)
  }

  /// Writes what waits in memory, of tables for which at least so much waits.
  func flush(least: Int = 0) throws {
    for table in attribution { try table.flush(least: least) }
  }

  /// The names behind a context's numbers.
  func attribution(_ context: Context) throws -> Attribution {
    var names = Attribution()
    for field in AttributionField.allCases where context.attribution[field.index] != 0 {
      names[field] = try attribution[field.index].name(context.attribution[field.index])
    }
    return names
  }

  func tenant(_ id: Int64) throws -> Name { try name(id, of: .tenant) }

  func name(_ id: Int64, of field: AttributionField) throws -> Name {
    try attribution[field.index].name(id)
  }

  func route(_ route: Route) throws -> StoredRoute {
    if let stored = routes[route] { return stored }
    let model = try modelID(route.model)
    let group = try route.group.map(groups.id)
    findRoute.add(model)
    findRoute.add(group ?? 0)
    var id = try findRoute.step() ? findRoute.int(0) : nil
    findRoute.reset()
    if id == nil {
      insertRoute.add(model)
      insertRoute.add(group)
      try insertRoute.run()
      id = database.lastInsertedRowID
    }
    let stored = StoredRoute(id: id ?? 0, key: RouteKey(model: model, group: group))
    routes[route] = stored
    routeKeys[stored.id] = stored.key
    note(stored)
    return stored
  }

  func routeKey(_ id: Int64) throws -> RouteKey {
    if let key = routeKeys[id] { return key }
    readRoute.add(id)
    defer { readRoute.reset() }
    _ = try readRoute.step()
    let key = RouteKey(model: readRoute.int(0), group: readRoute.optionalInt(1))
    routeKeys[id] = key
    return key
  }

  /// The number of a route of which the ledger already knows the parts.
  func routeID(_ key: RouteKey) throws -> Int64 {
    if let id = routeIDs[SIMD4(key.model, key.group ?? 0, 0, 0)] { return id }
    findRoute.add(key.model)
    findRoute.add(key.group ?? 0)
    defer { findRoute.reset() }
    let id = try findRoute.step() ? findRoute.int(0) : 0
    note(StoredRoute(id: id, key: key))
    return id
  }

  private func note(_ route: StoredRoute) {
    routeIDs.update(SIMD4(route.key.model, route.key.group ?? 0, 0, 0), first: route.id) { _ in }
  }

  func model(_ id: Int64) throws -> ModelID {
    if let model = modelIDs[id] { return model }
    readModel.add(id)
    defer { readModel.reset() }
    _ = try readModel.step()
    let model = ModelID(provider: Name(readModel.text(0)), model: Name(readModel.text(1)))
    modelIDs[id] = model
    return model
  }

  private func modelID(_ model: ModelID) throws -> Int64 {
    if let id = models[model] { return id }
    let provider = try providers.id(model.provider)
    findModel.add(provider)
    findModel.add(model.model.text)
    var id = try findModel.step() ? findModel.int(0) : nil
    findModel.reset()
    if id == nil {
      insertModel.add(provider)
      insertModel.add(model.model.text)
      try insertModel.run()
      id = database.lastInsertedRowID
    }
    models[model] = id
    return id ?? 0
  }
}

extension AttributionField {
  /// The keys of its names if a log may have any number of them.
  var keyKind: KeyRuns.Kind? {
    switch self {
    case .user: .user
    case .thread: .thread
    case .session: .session
    default: nil
    }
  }

  /// The table of its names (schema 0001); `_id` after it is its column in the facts.
  var table: String {
    switch self {
    case .tenant: "tenant"
    case .tier: "tier"
    case .user: "user"
    case .application: "application"
    case .feature: "feature"
    case .workflow: "workflow"
    case .assistant: "assistant"
    case .thread: "thread"
    case .session: "session"
    case .environment: "environment"
    }
  }
}
