internal import GRDB
internal import PolicyEngine
internal import Pricing
internal import Traffic
internal import Units

/// What the calls of a request add to `daily_attempt` and `hourly_attempt`.
final class AttemptCells {
  private let rates: RateBook
  private let providerOf: RawStatement
  /// By model.
  private let providers = NumberTable<Int64>()

  init(_ database: Database, _ rates: RateBook) throws {
    self.rates = rates
    providerOf = try RawStatement(database, "SELECT provider_id FROM model WHERE id = ?")
  }

  func add(_ part: RequestPart, to cells: RollupCells, sign: Int64) throws {
    let day = part.day
    let hour = part.startedAt.hoursSince1970
    for (index, line) in part.lines.enumerated() where line.isCall {
      var row = NarrowRow.zero
      var hourRow = NarrowRow.zero
      row[0] = 1
      row[1] = line.cost
      hourRow[0] = 1
      if line.isFailure {
        hourRow[1] = 1
        hourRow[2] = line.cost
        if let next = part.lines[(index + 1)...].first(where: \.isCall) {
          let isMisused = !isRetryable(line, part)
          row[2] = 1
          row[3] = isMisused ? 1 : 0
          row[4] = isMisused ? next.cost : 0
          hourRow[3] = row[2]
          hourRow[4] = row[3]
          hourRow[5] = row[4]
        }
      }
      if line.source == .unpriced { row[5] = 1 }
      if let reported = line.reported, let catalog = line.catalog {
        row[6] = 1
        row[7] = reported
        row[8] = catalog
      }
      let result = line.isFailure ? Code.of(line.failure ?? .unknown) + 1 : 0
      cells.add(
        .attempts, CellKey(day, line.model, result, 0, 0, 0, 0, 0), row, sign: sign)
      let provider = try provider(of: line.model)
      cells.add(.hours, CellKey(hour, provider, 0, 0, 0, 0, 0, 0), hourRow, sign: sign)
    }
  }

  private func provider(of model: Int64) throws -> Int64 {
    let key = SIMD4(model, 0, 0, 0)
    if let known = providers[key] { return known }
    providerOf.add(model)
    defer { providerOf.reset() }
    let provider = try providerOf.step() ? providerOf.int(0) : 0
    providers.update(key, first: provider) { _ in }
    return provider
  }

  /// By the policy in force, else by policy.md's defaults.
  private func isRetryable(_ line: RequestPart.Line, _ part: RequestPart) -> Bool {
    let kind = line.failure ?? .unknown
    guard let policy = rates.policy(on: part.startedAt.day) else {
      return kind.isProviderFailure && (kind != .streamDropped || line.outputTokens < 1)
    }
    return policy.isRetryable(kind, outputTokens: line.outputTokens)
  }
}
