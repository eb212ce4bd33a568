internal import GRDB
internal import PolicyEngine
internal import Pricing
internal import Traffic
internal import Units

/// What a downgraded request adds to `daily_downgrade`.
final class DowngradeCells {
  private let rates: RateBook
  private let dimensions: Dimensions
  private let reasonName: RawStatement
  private var reasons: [Int64: String] = [:]

  init(_ database: Database, _ rates: RateBook, _ dimensions: Dimensions) throws {
    self.rates = rates
    self.dimensions = dimensions
    reasonName = try RawStatement(database, "SELECT name FROM decision_reason WHERE id = ?")
  }

  func add(_ part: RequestPart, to cells: RollupCells, sign: Int64) throws {
    let answer = part.lines.firstIndex { line in
      switch part.status {
      case .servedCached: line.action == .cachedResponse
      case .servedDefault: line.action == .defaultResponse
      default: line.isCall && line.outcome == .success
      }
    }
    guard let answer else { return }
    let policy = rates.policy(on: part.startedAt.day)
    let model = part.served == 0 ? nil : try dimensions.model(part.served)
    let cause = try DowngradeCause(
      part, policy: policy, answer: answer, reason: try reason(part.lines[answer].reason),
      model: model,
      hasPremium: {
        let tier =
          part.effectiveTier == 0 ? nil : try dimensions.name(part.effectiveTier, of: .tier)
        return policy?.hasPremium(tier) ?? false
      })
    var row = NarrowRow.zero
    row[0] = 1
    row[1] = isBelowFloor(part, policy) ? 1 : 0
    cells.add(
      .downgrades,
      CellKey(
        part.day, part.workflow, part.classCode, part.effectiveTier, Code.of(cause), 0, 0, 0),
      row, sign: sign)
  }

  /// Whether a model below the floor of the request's class served it.
  private func isBelowFloor(_ part: RequestPart, _ policy: Policy?) -> Bool {
    guard let policy, let trafficClass = part.trafficClass, part.served != 0,
      let grade = rates.grade(of: part.served, on: part.startedAt.day)
    else { return false }
    return grade < (policy.definition.classes[trafficClass] ?? ClassPolicy()).qualityFloor
  }

  private func reason(_ id: Int64) throws -> String? {
    guard id != 0 else { return nil }
    if let known = reasons[id] { return known }
    reasonName.add(id)
    defer { reasonName.reset() }
    let name = try reasonName.step() ? reasonName.text(0) : ""
    reasons[id] = name
    return name
  }
}
