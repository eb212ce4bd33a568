package import GRDB
package import Traffic

/// The names of requests and their numbers.
package enum RequestNames {
  /// nil for a request that the ledger does not have.
  package static func row(_ database: Database, _ name: Name) throws -> Int64? {
    let find = try RawStatement(database, "SELECT id FROM request WHERE request_id = ?")
    find.add(name.text)
    defer { find.reset() }
    return try find.step() ? find.int(0) : nil
  }

  package static func names(_ database: Database, _ rows: [Int64]) throws -> [Int64: Name] {
    let find = try RawStatement(database, "SELECT request_id FROM request WHERE id = ?")
    var names: [Int64: Name] = [:]
    for row in rows {
      find.add(row)
      if try find.step() { names[row] = Name(find.text(0)) }
      find.reset()
    }
    return names
  }
}
