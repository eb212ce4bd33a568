/// How many tokens one model takes for what another took, and how sure that is.
///
/// Means and no medians: cost is linear in tokens. A ratio is taken within one kind of work, within a
/// tenant where tenants differ, and shrunk towards all kinds of work, then towards 1.
struct TokenRatios: Sendable {
  struct Ratio: Hashable, Sendable {
    var value: Double
    /// The standard error over the value.
    var relativeError: Double

    static let one = Ratio(value: 1, relativeError: 0)
  }

  private struct Estimate {
    var value: Double
    /// Of the value.
    var variance: Double

    /// Weighed by precision.
    func combined(with other: Estimate) -> Estimate {
      let own = 1 / variance
      let others = 1 / other.variance
      return Estimate(
        value: (value * own + other.value * others) / (own + others),
        variance: 1 / (own + others))
    }
  }

  private let table: TokenTable
  /// Models with successes.
  private let seen: Set<Int>
  private let models: Int
  private let strata: Int
  /// By measure, from, to and stratum.
  private var ratios: [Ratio]
  /// Mean tokens by measure, stratum and model, with what other models tell of them.
  private var means: [Ratio]
  private var tenantFactors: [TenantKey: InlineArray<3, Double>] = [:]

  private struct TenantKey: Hashable {
    let stratum: Int32
    let tenant: Int32
  }

  /// There are `models`, those of the trace first.
  init(_ trace: Trace, models: Int) {
    let table = TokenTable(trace)
    self.table = table
    seen = Set(
      trace.models.indices.filter { model in
        table.totals.contains { $0[model].count > 0 }
      })
    self.models = models
    strata = trace.strata.count
    ratios = Array(repeating: .one, count: 3 * models * models * strata)
    means = Array(repeating: Ratio(value: 0, relativeError: 1), count: 3 * strata * models)
    let pairs = InputPairs(trace)
    for measure in TokenMeasure.allCases {
      for from in 0..<models {
        for to in 0..<models where to != from {
          learn(measure, from, to, pairs)
        }
      }
      for stratum in 0..<strata { learnMeans(measure, stratum) }
    }
    learnTenants()
  }

  func ratio(_ measure: TokenMeasure, from: Int, to: Int, _ stratum: Int32) -> Ratio {
    from == to ? .one : ratios[place(measure, from, to, Int(stratum))]
  }

  /// What a model's success takes for work of a kind.
  func mean(_ measure: TokenMeasure, _ model: Int, _ stratum: Int32) -> Ratio {
    means[(measure.rawValue * strata + Int(stratum)) * models + model]
  }

  /// How much more than others a tenant takes for work of a kind, by measure.
  func factors(_ stratum: Int32, _ tenant: Int32) -> InlineArray<3, Double> {
    tenantFactors[TenantKey(stratum: stratum, tenant: tenant)] ?? InlineArray(repeating: 1)
  }

  func spread(_ measure: TokenMeasure) -> Double {
    table.variance[measure.rawValue].squareRoot()
  }

  private func place(_ measure: TokenMeasure, _ from: Int, _ to: Int, _ stratum: Int) -> Int {
    ((measure.rawValue * models + from) * models + to) * strata + stratum
  }

  private mutating func learn(_ measure: TokenMeasure, _ from: Int, _ to: Int, _ pairs: InputPairs)
  {
    // Most pairs of a large catalog were never seen together.
    let isSeen = seen.contains(from) && seen.contains(to)
    let local: [Estimate?] = (0..<strata).map { isSeen ? estimate(measure, from, to, $0) : nil }
    let spread = measure.priorSpread
    let prior = Estimate(value: 1, variance: spread * spread)
    var common = Self.pooled(local.compactMap { $0 })
    var between = common.map { Self.heterogeneity(local.compactMap { $0 }, $0) } ?? 0
    var selection = 0.0
    if measure == .input, let value = common?.value {
      // A model counts the same text its own way, whatever the text is about.
      between = min(between, 0.0009 * value * value)
      selection = selectionVariance(from, to) * value * value
      common?.variance += selection
    }
    if measure != .output, let pair = pairs.ratio(from: from, to: to) {
      let pair = Estimate(value: pair.value, variance: pair.variance)
      common = common?.combined(with: pair) ?? pair
    }
    let pooled = common?.combined(with: prior) ?? prior
    for stratum in 0..<strata {
      var own = pooled
      if var estimate = local[stratum] {
        estimate.variance += selection
        let base = Estimate(value: pooled.value, variance: pooled.variance + between)
        // The pooled figure has this stratum in it already where it is the only one.
        own = estimate.combined(with: base)
        own.variance = max(own.variance, min(estimate.variance, pooled.variance))
      } else {
        own.variance += between
      }
      ratios[place(measure, from, to, stratum)] = Ratio(
        value: own.value, relativeError: own.variance.squareRoot() / own.value)
    }
  }

  /// How far unlike requests may be that two models served, relative: those that came to a model only
  /// after another had failed are not any requests, long ones among them perhaps more than others.
  private func selectionVariance(_ from: Int, _ to: Int) -> Double {
    var sums = (from: TokenSums(), to: TokenSums())
    for totals in table.totals where totals[from].count > 0 && totals[to].count > 0 {
      sums.from.add(totals[from])
      sums.to.add(totals[to])
    }
    let firsts = min(
      sums.from.firsts / max(1, sums.from.count), sums.to.firsts / max(1, sums.to.count))
    let spread = 0.08 * (1 - firsts)
    return spread * spread
  }

  /// Within one kind of work: tenant by tenant (Mantel and Haenszel's ratio of means), or over all
  /// tenants at once, whichever is surer.
  private func estimate(
    _ measure: TokenMeasure, _ from: Int, _ to: Int, _ stratum: Int
  ) -> Estimate? {
    let known = table.totals[stratum].count
    guard from < known, to < known else { return nil }
    let own = table.totals[stratum][from]
    let other = table.totals[stratum][to]
    guard own.count > 0, other.count > 0, own.mean(measure) > 0, other.mean(measure) > 0 else {
      return nil
    }
    var sums = (to: 0.0, from: 0.0, toVariance: 0.0, fromVariance: 0.0)
    var tenants = (to: 0.0, from: 0.0)
    for cell in table.cells[table.ofStratum[stratum]] {
      let (a, b) = (cell.ofModel[from], cell.ofModel[to])
      tenants.from += a.count * a.count
      tenants.to += b.count * b.count
      guard a.count > 0, b.count > 0 else { continue }
      let weight = a.count * b.count / (a.count + b.count)
      let (x, y) = (a.mean(measure), b.mean(measure))
      sums.from += weight * x
      sums.to += weight * y
      sums.fromVariance += weight * weight * x * x / a.count
      sums.toVariance += weight * weight * y * y / b.count
    }
    let variance = table.variance[measure.rawValue]
    let tenantVariance = table.tenantVariance[measure.rawValue]
    var best = Estimate(
      value: other.mean(measure) / own.mean(measure),
      variance: variance / own.count + variance / other.count
        + tenantVariance * (tenants.from / (own.count * own.count))
        + tenantVariance * (tenants.to / (other.count * other.count)))
    if sums.from > 0, sums.to > 0 {
      let relative =
        variance
        * (sums.toVariance / (sums.to * sums.to) + sums.fromVariance / (sums.from * sums.from))
      if relative < best.variance {
        best = Estimate(value: sums.to / sums.from, variance: relative)
      }
    }
    best.variance *= best.value * best.value
    return best
  }

  private static func pooled(_ estimates: [Estimate]) -> Estimate? {
    guard var sum = estimates.first else { return nil }
    // By relative precision, lest small ratios weigh more for being small.
    var weight = sum.value * sum.value / sum.variance
    var total = weight * sum.value
    for estimate in estimates.dropFirst() {
      let own = estimate.value * estimate.value / estimate.variance
      weight += own
      total += own * estimate.value
    }
    sum.value = total / weight
    sum.variance = sum.value * sum.value / weight
    return sum
  }

  /// The variance of ratios between kinds of work (DerSimonian and Laird), at least (3 %)².
  private static func heterogeneity(_ estimates: [Estimate], _ common: Estimate) -> Double {
    let floor = 0.0009 * common.value * common.value
    guard estimates.count > 1 else { return 0.0025 * common.value * common.value }
    var weights = 0.0
    var squares = 0.0
    var deviation = 0.0
    for estimate in estimates {
      let weight = 1 / estimate.variance
      weights += weight
      squares += weight * weight
      deviation += weight * (estimate.value - common.value) * (estimate.value - common.value)
    }
    let denominator = weights - squares / weights
    guard denominator > 0 else { return floor }
    return max(floor, (deviation - Double(estimates.count - 1)) / denominator)
  }

  /// The model's own mean, with those of others by their ratios, weighed by what each is sure of.
  private mutating func learnMeans(_ measure: TokenMeasure, _ stratum: Int) {
    let totals = table.totals[stratum]
    let variance = table.variance[measure.rawValue]
    for model in 0..<models {
      var known: [(mean: Double, variance: Double)] = []
      for (other, sums) in totals.enumerated() where sums.count > 0 {
        let mean = sums.mean(measure)
        guard mean > 0 else { continue }
        let ratio = ratio(measure, from: other, to: model, Int32(stratum))
        known.append(
          (mean * ratio.value, variance / sums.count + ratio.relativeError * ratio.relativeError))
      }
      // Precision-weighed all are no better than the two best: their ratios share what they rest on.
      known.sort { $0.variance < $1.variance }
      let at = (measure.rawValue * strata + stratum) * models + model
      guard let best = known.first else {
        means[at] = fallbackMean(measure, model)
        continue
      }
      means[at] = Ratio(value: best.mean, relativeError: best.variance.squareRoot())
    }
  }

  /// Of a kind of work that no model ever served: the mean of all others.
  private func fallbackMean(_ measure: TokenMeasure, _ model: Int) -> Ratio {
    var sum = TokenSums()
    for totals in table.totals { for sums in totals { sum.add(sums) } }
    return Ratio(value: sum.mean(measure), relativeError: 1)
  }

  private mutating func learnTenants() {
    for cell in table.cells {
      var factors = InlineArray<3, Double>(repeating: 1)
      for measure in TokenMeasure.allCases {
        var seen = 0.0
        var expected = 0.0
        var count = 0.0
        for (model, sums) in cell.ofModel.enumerated() where sums.count > 0 {
          seen += sums.sums[measure.rawValue]
          expected += sums.count * table.totals[cell.stratum][model].mean(measure)
          count += sums.count
        }
        guard expected > 0 else { continue }
        let prior =
          table.variance[measure.rawValue]
          / max(table.tenantVariance[measure.rawValue], 0.0004)
        let weight = expected / count * prior
        factors[measure.rawValue] = (seen + weight) / (expected + weight)
      }
      tenantFactors[TenantKey(stratum: Int32(cell.stratum), tenant: Int32(cell.tenant))] = factors
    }
  }
}
