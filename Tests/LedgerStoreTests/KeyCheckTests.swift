import GRDB
import TestSupport
import Testing
import Traffic

@testable import LedgerStore

@Suite("The check of keys")
struct KeyCheckTests {
  /// Gives the second request the id of the first, and its key the place of its own.
  private static func makeTwins(_ database: Database) throws {
    let id = try #require(
      try String.fetchOne(database, sql: "SELECT request_id FROM request WHERE id = 1"))
    try database.execute(
      sql: """
        UPDATE stored_request SET request_id = (SELECT request_id FROM stored_request WHERE id = 1)
        WHERE id = 2
        """)
    let runs = try KeyRuns(database, .request)
    try runs.remove { $0.row == 2 }
    let twin = KeyBuckets(bits: 8)
    twin.add(TextKey.of(Array(id.utf8).span), 2)
    try runs.append(twin)
  }

  @Test(
    "finds two requests with one id, though each has its key",
    arguments: 40..<44 as Range<UInt64>)
  func twins(seed: UInt64) async throws {
    try await WorldLedger.with(SmallWorld(seed: seed), seed: seed) { ledger in
      func check() throws -> (breaches: BreachList, hasTwins: Bool) {
        try ledger.read { database in
          var breaches = BreachList()
          try KeyCheck.run(database, &breaches)
          return (breaches, try KeyCheck.kept(.request, database, seed: 1).hasTwins)
        }
      }
      let sound = try check()
      #expect(sound.breaches.count == 0 && !sound.hasTwins)
      try ledger.write(Self.makeTwins)
      let broken = try check()
      #expect(broken.breaches.count == 1 && broken.hasTwins)
    }
  }
}
