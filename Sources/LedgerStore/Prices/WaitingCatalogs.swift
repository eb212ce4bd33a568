package import GRDB
package import Units

/// A price file that was taken in and waits for `reprice` to put it in force.
package struct WaitingCatalog: Hashable, Sendable {
  /// The file's, for messages.
  package let name: String
  /// The day from which prices hold that say none; nil where the file alone decides.
  package let effectiveFrom: UTCDay?
  /// The file, unpacked.
  package let content: [UInt8]

  package init(name: String, effectiveFrom: UTCDay?, content: [UInt8]) {
    self.name = name
    self.effectiveFrom = effectiveFrom
    self.content = content
  }
}

package enum WaitingCatalogs {
  package static func add(_ catalog: WaitingCatalog, _ database: Database) throws {
    let insert = try RawStatement(
      database, "INSERT INTO waiting_catalog (name, effective_day, content) VALUES (?, ?, ?)")
    insert.add(catalog.name)
    insert.add(catalog.effectiveFrom.map { Int64($0.daysSince1970) })
    insert.add(catalog.content)
    try insert.run()
  }

  /// In the order in which they were taken in.
  package static func all(_ database: Database) throws -> [WaitingCatalog] {
    var catalogs: [WaitingCatalog] = []
    let rows = try RawStatement(
      database, "SELECT name, effective_day, content FROM waiting_catalog ORDER BY id")
    while try rows.step() {
      catalogs.append(
        WaitingCatalog(
          name: rows.text(0),
          effectiveFrom: rows.optionalInt(1).map { UTCDay(daysSince1970: Int($0)) },
          content: rows.blob(2)))
    }
    return catalogs
  }

  static func clear(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM waiting_catalog")
  }
}
