/// What is compared between models.
enum TokenMeasure: Int, CaseIterable, Sendable {
  case input, output, cached

  /// How far a ratio of two models is from 1, before any evidence, as a standard deviation.
  var priorSpread: Double {
    switch self {
    case .input: 0.10
    case .output: 0.25
    case .cached: 0.50
    }
  }
}

/// Sums over the successes of one model for one tenant's work of one kind. Failures have no answer to
/// measure: counting their zeros would halve every mean.
struct TokenSums: Sendable {
  var count = 0.0
  /// Of them, those that began their request: nothing had failed that may have to do with its size.
  var firsts = 0.0
  var sums = InlineArray<3, Double>(repeating: 0)
  var squares = InlineArray<3, Double>(repeating: 0)

  mutating func add(_ line: Trace.Line, isFirst: Bool) {
    count += 1
    if isFirst { firsts += 1 }
    add(Double(line.input), .input)
    add(Double(line.output), .output)
    add(Double(line.cachedInput), .cached)
  }

  private mutating func add(_ value: Double, _ measure: TokenMeasure) {
    sums[measure.rawValue] += value
    squares[measure.rawValue] += value * value
  }

  mutating func add(_ other: TokenSums) {
    count += other.count
    firsts += other.firsts
    for index in 0..<3 {
      sums[index] += other.sums[index]
      squares[index] += other.squares[index]
    }
  }

  func mean(_ measure: TokenMeasure) -> Double {
    count > 0 ? sums[measure.rawValue] / count : 0
  }

  /// The squared deviations from the mean, in units of the mean.
  func relativeSquares(_ measure: TokenMeasure) -> Double {
    let mean = mean(measure)
    guard mean > 0 else { return 0 }
    return max(0, squares[measure.rawValue] - count * mean * mean) / (mean * mean)
  }
}

/// The sums of a trace, by kind of work, tenant and model.
struct TokenTable: Sendable {
  struct Cell: Sendable {
    let stratum: Int
    let tenant: Int
    /// By model; empty ones have no count.
    var ofModel: [TokenSums]
  }

  /// By stratum, then tenant.
  private(set) var cells: [Cell] = []
  /// The cells of each stratum.
  private(set) var ofStratum: [Range<Int>] = []
  /// Over all tenants, by stratum and model.
  private(set) var totals: [[TokenSums]] = []
  /// The relative variance of one request's tokens within a cell, by measure.
  private(set) var variance = InlineArray<3, Double>(repeating: 0.5)
  /// The relative variance of tenants' means, by measure.
  private(set) var tenantVariance = InlineArray<3, Double>(repeating: 0)

  init(_ trace: Trace) {
    let models = trace.models.count
    var byStratum = trace.strata.map { _ in [Int: [TokenSums]]() }
    for place in trace.indices {
      let request = trace.request(place)
      for index in request.lines {
        let line = trace.line(index)
        guard line.work.isSuccess, line.route >= 0, line.input > 0 || line.output > 0 else {
          continue
        }
        let empty = Array(repeating: TokenSums(), count: models)
        byStratum[Int(request.stratum)][Int(request.tenant), default: empty][
          trace.modelOfRoute[Int(line.route)]
        ].add(line, isFirst: index == Int(request.firstLine))
      }
    }
    for (stratum, tenants) in byStratum.enumerated() {
      let first = cells.count
      var total = Array(repeating: TokenSums(), count: models)
      for tenant in tenants.keys.sorted() {
        let sums = tenants[tenant] ?? []
        cells.append(Cell(stratum: stratum, tenant: tenant, ofModel: sums))
        for model in sums.indices { total[model].add(sums[model]) }
      }
      ofStratum.append(first..<cells.count)
      totals.append(total)
    }
    for measure in TokenMeasure.allCases { learnVariance(measure) }
  }

  private mutating func learnVariance(_ measure: TokenMeasure) {
    var squares = 0.0
    var freedom = 0.0
    for cell in cells {
      for sums in cell.ofModel where sums.count >= 2 {
        squares += sums.relativeSquares(measure)
        freedom += sums.count - 1
      }
    }
    // Sixty tries of a usual spread as a prior.
    variance[measure.rawValue] = (squares + 30) / (freedom + 60)
    var excess = 0.0
    var weight = 0.0
    for (stratum, range) in ofStratum.enumerated() {
      for model in totals[stratum].indices {
        let mean = totals[stratum][model].mean(measure)
        guard mean > 0 else { continue }
        for cell in cells[range] where cell.ofModel[model].count >= 8 {
          let sums = cell.ofModel[model]
          let distance = sums.mean(measure) / mean - 1
          excess += sums.count * distance * distance - variance[measure.rawValue]
          weight += sums.count
        }
      }
    }
    tenantVariance[measure.rawValue] = weight > 0 ? max(0, excess / weight) : 0
  }
}
