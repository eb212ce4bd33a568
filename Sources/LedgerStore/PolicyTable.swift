package import GRDB
package import PolicyEngine
internal import PolicyFile
package import Units

/// The policies that were put in force.
package enum PolicyTable {
  /// From this day the first policy of a ledger holds where no day is given: before all events.
  package static let beginning = UTCDay(year: 2000, month: 1, day: 1) ?? UTCDay(daysSince1970: 0)

  static func isEmpty(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "SELECT count(*) FROM policy") == 0
  }

  static func enter(
    _ database: Database, yaml: String, name: String, sha256: [UInt8], from day: UTCDay
  ) throws {
    let insert = try RawStatement(
      database, "INSERT INTO policy (from_day, name, sha256, yaml) VALUES (?, ?, ?, ?)")
    insert.add(Int64(day.daysSince1970))
    insert.add(name)
    insert.add(sha256)
    insert.add(yaml)
    try insert.run()
  }

  /// The policy in force on a day; nil where none is.
  package static func inForce(_ database: Database, on day: UTCDay) throws -> Policy? {
    try all(database).last { $0.from <= day }?.policy
  }

  /// By rising day; of two for one day the later applied comes last.
  static func all(_ database: Database) throws -> [(from: UTCDay, policy: Policy)] {
    var policies: [(from: UTCDay, policy: Policy)] = []
    let read = try RawStatement(
      database, "SELECT from_day, name, yaml FROM policy ORDER BY from_day, id")
    while try read.step() {
      let policy = try PolicyYAML.read(read.text(2))
      policies.append((UTCDay(daysSince1970: Int(read.int(0))), policy))
    }
    return policies
  }
}
