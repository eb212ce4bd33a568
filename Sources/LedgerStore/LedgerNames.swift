internal import GRDB
internal import Traffic

/// The names behind the ledger's numbers, for those who read much of it in a row.
final class LedgerNames {
  /// By ``AttributionField/index``; nil where names have no numbers.
  private let fields: [RawStatement?]
  private let routeParts: RawStatement
  private var names: [[Int64: Name]]
  private var routes: [Int64: Route] = [:]

  /// Names kept in memory of one field.
  private static let mostCached = 100_000

  init(_ database: Database) throws {
    fields = try AttributionField.allCases.map {
      $0.unboundedPlace == nil
        ? try RawStatement(database, "SELECT name FROM \($0.table) WHERE id = ?") : nil
    }
    names = AttributionField.allCases.map { _ in [:] }
    routeParts = try RawStatement(
      database,
      """
      SELECT p.name, m.name, g.name FROM route r JOIN model m ON m.id = r.model_id
      JOIN provider p ON p.id = m.provider_id LEFT JOIN route_group g ON g.id = r.group_id
      WHERE r.id = ?
      """)
  }

  /// The number of the reason of a call made by chance; nil where the ledger has none.
  static func probeReason(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT id FROM decision_reason WHERE name = 'probe'")
  }

  func name(_ id: Int64, of field: AttributionField) throws -> Name {
    if let name = names[field.index][id] { return name }
    if names[field.index].count >= Self.mostCached { names[field.index].removeAll() }
    guard let find = fields[field.index] else {
      preconditionFailure("names of \(field.rawValue) have no numbers")
    }
    find.add(id)
    defer { find.reset() }
    let name = try find.step() ? Name(find.text(0)) : Name("")
    names[field.index][id] = name
    return name
  }

  func route(_ id: Int64) throws -> Route {
    if let route = routes[id] { return route }
    routeParts.add(id)
    defer { routeParts.reset() }
    _ = try routeParts.step()
    let route = Route(
      model: ModelID(provider: Name(routeParts.text(0)), model: Name(routeParts.text(1))),
      group: routeParts.optionalText(2).map { Name($0) })
    routes[id] = route
    return route
  }
}
