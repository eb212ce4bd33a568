internal import GRDB
internal import Traffic

/// The names behind the numbers of charges, looked up once each.
final class ChargeNames {
  private let database: Database
  private var texts: [String: [Int64: Name]] = [:]
  private var models: [Int64: ModelID] = [:]

  init(_ database: Database) { self.database = database }

  /// The name of a row of `table`; empty for none.
  func name(_ id: Int64?, in table: String) throws -> Name {
    guard let id else { return "" }
    if let known = texts[table]?[id] { return known }
    let text = try String.fetchOne(
      database, sql: "SELECT name FROM \(table) WHERE id = ?", arguments: [id])
    let name = Name(text ?? "")
    texts[table, default: [:]][id] = name
    return name
  }

  func model(_ id: Int64) throws -> ModelID {
    if let known = models[id] { return known }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT p.name, m.name FROM model m JOIN provider p ON p.id = m.provider_id WHERE m.id = ?
        """, arguments: [id])
    let model = ModelID(provider: Name(row?[0] ?? ""), model: Name(row?[1] ?? ""))
    models[id] = model
    return model
  }
}
