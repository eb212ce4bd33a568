internal import GRDB
internal import Traffic

/// The keys (``TextKey``) of a table's names by the ledger's numbers, as far as they fit into memory.
struct NumberedKeys: Sendable {
  /// Of a number that names no row; the key of some name only by a chance of one in 2^64.
  private static let none = Int64.min
  /// 64 MB of them.
  private static let most = 1 << 23

  private var keys: [Int64] = []
  /// Whether every name's key is held.
  private(set) var isWhole = true

  mutating func add(_ key: Int64, of id: Int64) {
    guard id >= 0, id < Self.most else {
      isWhole = false
      return
    }
    let missing = Int(id) + 1 - keys.count
    if missing > 0 { keys.append(contentsOf: repeatElement(Self.none, count: missing)) }
    keys[Int(id)] = key
  }

  subscript(id: Int64) -> Int64? {
    guard id >= 0, id < keys.count else { return nil }
    let key = keys[Int(id)]
    return key == Self.none ? nil : key
  }

  func has(_ id: Int64) -> Bool { self[id] != nil }

  /// Whether a column that may be empty names a row.
  func has(_ id: Int64?) -> Bool { id.map(has) ?? true }
}

/// The keys of all names that facts refer to by number.
struct NameKeys: Sendable {
  /// By ``AttributionField/index``; empty for names that have no numbers.
  private(set) var attribution: [NumberedKeys] = []
  private(set) var decisionReasons = NumberedKeys()
  /// Of routes without a group.
  private(set) var models = NumberedKeys()
  private(set) var routes = NumberedKeys()
  private(set) var routeKeys: [RouteKey: Int64] = [:]
  /// Numbers of words with a fixed meaning; the keys mean nothing.
  private(set) var trafficClasses = NumberedKeys()
  private(set) var actions = NumberedKeys()
  private(set) var outcomes = NumberedKeys()
  private(set) var failureKinds = NumberedKeys()
  private(set) var statuses = NumberedKeys()
  private(set) var costSources = NumberedKeys()
  /// Numbers of files, and those of spans, which share what the spans above them say.
  private(set) var files = NumberedKeys()
  private(set) var sharesContext: Set<Int64> = []
  private(set) var linesOfFile: [Int64: Int64] = [:]

  init(_ database: Database) throws {
    for field in AttributionField.allCases {
      attribution.append(
        field.unboundedPlace == nil ? try read(field.table, database) : NumberedKeys())
    }
    decisionReasons = try read("decision_reason", database)
    trafficClasses = try read("traffic_class", database)
    actions = try read("action", database)
    outcomes = try read("outcome", database)
    failureKinds = try read("failure_kind", database)
    statuses = try read("request_status", database)
    costSources = try read("cost_source", database)
    let rows = try RawStatement(
      database,
      "SELECT m.id, p.name, m.name FROM model m JOIN provider p ON p.id = m.provider_id")
    while try rows.step() {
      models.add(AttemptContent.key(Self.route(rows)), of: rows.int(0))
    }
    let all = try RawStatement(
      database,
      """
      SELECT r.id, p.name, m.name, g.name, r.model_id, r.group_id FROM route r
      JOIN model m ON m.id = r.model_id JOIN provider p ON p.id = m.provider_id
      LEFT JOIN route_group g ON g.id = r.group_id
      """)
    while try all.step() {
      let route = Self.route(all, group: all.optionalText(3))
      let key = AttemptContent.key(route)
      routes.add(key, of: all.int(0))
      routeKeys[RouteKey(model: all.int(4), group: all.optionalInt(5))] = key
    }
    let inputs = try RawStatement(database, "SELECT id, format = 'otel', lines FROM input_file")
    while try inputs.step() {
      files.add(0, of: inputs.int(0))
      if inputs.int(1) == 1 { sharesContext.insert(inputs.int(0)) }
      linesOfFile[inputs.int(0)] = inputs.int(2)
    }
  }

  private static func route(_ row: RawStatement, group: String? = nil) -> Route {
    Route(
      model: ModelID(provider: Name(row.text(1)), model: Name(row.text(2))),
      group: group.map { Name($0) })
  }

  private func read(_ table: String, _ database: Database) throws -> NumberedKeys {
    var keys = NumberedKeys()
    let rows = try RawStatement(database, "SELECT id, name FROM \(table)")
    while try rows.step() { keys.add(TextKey.of(text: rows.rawBytes(1)), of: rows.int(0)) }
    return keys
  }
}

extension TextKey {
  static func of(text: UnsafeRawBufferPointer) -> Int64 {
    text.withMemoryRebound(to: UInt8.self) { of(Span(_unsafeElements: $0)) }
  }
}
