internal import GRDB
internal import Traffic
internal import Units

/// What few attempts have, in tables beside theirs: parts of their tokens, the tier of service, the
/// model as which they are billed, and their cost by the catalog alone.
final class AttemptDetailTable {
  private let insert: RawStatement
  private let insertList: RawStatement
  private let deleteList: RawStatement

  /// Of `attempt_detail d`, as ``detail(_:from:)`` and ``pricedModel(_:from:)`` read them.
  static let columns = """
    d.cache_write_1h_tokens, d.audio_input_tokens, d.image_input_tokens, d.audio_output_tokens,
    d.image_output_tokens, d.service_tier, d.priced_model_id
    """

  init(_ database: Database) throws {
    insert = try RawStatement(database, "INSERT INTO attempt_detail VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    insertList = try RawStatement(
      database, "INSERT OR REPLACE INTO attempt_list_cost VALUES (?, ?)")
    deleteList = try RawStatement(
      database, "DELETE FROM attempt_list_cost WHERE attempt_id = ?")
  }

  /// Enters what a new attempt says, if it says anything.
  func enter(_ attempt: Int64, _ detail: UsageDetail, pricedAs model: Int64?) throws {
    guard model != nil || !detail.isEmpty else { return }
    insert.add(attempt)
    insert.add(detail.cacheWriteOneHour)
    insert.add(detail.audioInput)
    insert.add(detail.imageInput)
    insert.add(detail.audioOutput)
    insert.add(detail.imageOutput)
    insert.add(detail.serviceTier.map { Code.of($0) })
    insert.add(model)
    try insert.run()
  }

  /// Keeps an attempt's cost by the catalog alone, if there is one; `before` is what is kept.
  func settle(_ attempt: Int64, list: Money?, before: Int64?) throws {
    guard list?.nanoUSD != before else { return }
    if let list {
      insertList.add(attempt)
      insertList.add(list.nanoUSD)
      try insertList.run()
    } else {
      deleteList.add(attempt)
      try deleteList.run()
    }
  }

  static func detail(_ row: RawStatement, from column: Int32) -> UsageDetail {
    UsageDetail(
      cacheWriteOneHour: row.int(column), audioInput: row.int(column + 1),
      imageInput: row.int(column + 2), audioOutput: row.int(column + 3),
      imageOutput: row.int(column + 4),
      serviceTier: row.optionalInt(column + 5).flatMap { Code.word(ServiceTier.self, $0) })
  }

  /// By the ledger's number.
  static func pricedModel(_ row: RawStatement, from column: Int32) -> Int64? {
    row.optionalInt(column + 6)
  }
}
