internal import Traffic
internal import Units

/// What a walk over requests adds up for the checks of sums and of whole tables.
///
/// Each part of a walk has sums of its own, which are added up at the end. Where they do not agree with
/// what the ledger keeps, the check is in doubt, and its query tells what is wrong.
struct WalkSums {
  /// Checks that are to be asked.
  private(set) var doubts: Set<String> = []

  // Wide: days that fit may come to more than 64 bits.
  private(set) var requestCost: Int128 = 0
  private(set) var attemptCost: Int128 = 0
  /// Lines that became attempts, by their file.
  private(set) var acceptedOfFile: [Int64: Int64] = [:]
  var lines: LineMarks
  /// By day, workflow and primary, and by month and primary.
  private(set) var dayPlans = SumSketch()
  private(set) var monthPlans = SumSketch()
  /// In the order of ``RollupShape/all``.
  private(set) var rollups = Array(repeating: SumSketch(), count: RollupShape.all.count)
  private(set) var limits: [TenantMonth: BudgetMark] = [:]
  private(set) var fees: [TenantMonth: FeeMarks] = [:]
  var requestKeys = KeySketch()
  var eventKeys = KeySketch()

  /// The latest limit that an event named; of two the larger.
  struct BudgetMark: Comparable {
    let at: Int64
    let limit: Int64

    static func < (left: BudgetMark, right: BudgetMark) -> Bool {
      (left.at, left.limit) < (right.at, right.limit)
    }
  }

  init(linesOfFile: [Int64: Int64]) { lines = LineMarks(linesOfFile: linesOfFile) }

  mutating func doubt(_ check: String) { doubts.insert(check) }

  mutating func add(requestCost cost: Int64) { requestCost += Int128(cost) }

  mutating func add(attemptCost cost: Int64) { attemptCost += Int128(cost) }

  mutating func add(accepted count: Int64, of file: Int64) {
    acceptedOfFile[file, default: 0] &+= count
  }

  mutating func add(_ plan: PlanPart, _ factors: borrowing SumSketch.Factors) {
    let values = [plan.planned.nanoUSD, 1]
    dayPlans.add(
      CellKey(plan.day, plan.workflow, plan.model, 0, 0, 0, 0, 0), values, factors)
    monthPlans.add(CellKey(plan.month, plan.model, 0, 0, 0, 0, 0, 0), values, factors)
  }

  mutating func add(_ cells: RollupCells, _ factors: borrowing SumSketch.Factors) {
    for (place, table) in cells.all.enumerated() {
      if table.isOutOfRange { doubt(RollupCheck.check.name) }
      for (row, key) in table.keys.enumerated() {
        rollups[place].add(key, table.row(row), factors)
      }
    }
  }

  mutating func note(_ limit: BudgetMark, of key: TenantMonth) {
    if limits[key].map({ $0 < limit }) ?? true { limits[key] = limit }
  }

  mutating func note(fee share: Int64, of key: TenantMonth, at order: FeeMarks.Order) {
    fees[key, default: FeeMarks()].add(share, at: order)
  }

  mutating func add(_ other: WalkSums) {
    doubts.formUnion(other.doubts)
    requestCost += other.requestCost
    attemptCost += other.attemptCost
    for (file, count) in other.acceptedOfFile { add(accepted: count, of: file) }
    lines.add(other.lines)
    dayPlans.add(other.dayPlans)
    monthPlans.add(other.monthPlans)
    for place in rollups.indices { rollups[place].add(other.rollups[place]) }
    for (key, limit) in other.limits { note(limit, of: key) }
    for (key, marks) in other.fees { fees[key, default: FeeMarks()].add(marks) }
    requestKeys.add(other.requestKeys)
    eventKeys.add(other.eventKeys)
  }
}
