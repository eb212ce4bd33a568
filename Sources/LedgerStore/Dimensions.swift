internal import GRDB
internal import Traffic

/// One table of names and the ledger's numbers for them.
private final class NameTable {
  private let find: RawStatement
  private let insert: RawStatement
  private let read: RawStatement
  private let database: Database
  private var ids: [Name: Int64] = [:]

  /// Names kept in memory; past that the table answers.
  private static let mostCached = 100_000

  init(_ database: Database, _ table: String) throws {
    self.database = database
    find = try RawStatement(database, "SELECT id FROM \(table) WHERE name = ?")
    insert = try RawStatement(database, "INSERT INTO \(table) (name) VALUES (?)")
    read = try RawStatement(database, "SELECT name FROM \(table) WHERE id = ?")
  }

  /// The number of a name of which a book asks but once; it is entered if it is new.
  func id(_ text: Span<UInt8>) throws -> Int64 {
    let name = text.withUnsafeBufferPointer { Name(String(decoding: $0, as: UTF8.self)) }
    return try existingID(name) ?? enter(name)
  }

  /// The number of `name`, which is entered if it is new.
  func id(_ name: Name) throws -> Int64 {
    if let id = ids[name] { return id }
    if ids.count >= Self.mostCached { ids.removeAll(keepingCapacity: true) }
    let id = try existingID(name) ?? enter(name)
    ids[name] = id
    return id
  }

  func name(_ id: Int64) throws -> Name {
    read.add(id)
    defer { read.reset() }
    return try read.step() ? Name(read.text(0)) : Name("")
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
  /// By ``AttributionField/index``; nil where names have no numbers.
  private let attribution: [NameTable?]
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
      $0.unboundedPlace == nil ? try NameTable(database, $0.table) : nil
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

  /// The number of a name in a field whose names have numbers.
  func id(_ name: Name, of field: AttributionField) throws -> Int64 {
    try table(field.index).id(name)
  }

  /// The number of a name of a book's `kind` (``EventBatch/newNames``).
  func id(_ name: Span<UInt8>, kind: Int) throws -> Int64 {
    try (kind == EventBatch.decisionReasons ? decisionReasons : table(kind)).id(name)
  }

  private func table(_ index: Int) -> NameTable {
    guard let table = attribution[index] else {
      preconditionFailure("names of \(AttributionField.allCases[index].rawValue) have no numbers")
    }
    return table
  }

  /// The names of a context.
  func attribution(_ context: Context) throws -> Attribution {
    var names = Attribution()
    for field in AttributionField.allCases where context.attribution[field.index] != 0 {
      names[field] =
        if let text = context.unbounded[field] {
          Name(String(decoding: text, as: UTF8.self))
        } else {
          try name(context.attribution[field.index], of: field)
        }
    }
    return names
  }

  func tenant(_ id: Int64) throws -> Name { try name(id, of: .tenant) }

  func name(_ id: Int64, of field: AttributionField) throws -> Name {
    try table(field.index).name(id)
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
  /// With `_id` after it its column in the facts (schema 0001). Without, the table of its names, if they
  /// have numbers.
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
