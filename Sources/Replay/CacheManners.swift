/// How much of its input a model reads from or writes to a cache, for the requests that asked for it and
/// for those that came to it as a fallback: a provider that gets a conversation for the first time has
/// nothing of it cached.
struct CacheManners: Sendable {
  struct Shares: Sendable {
    var cached: Double
    var written: Double
  }

  private struct Sums {
    var count = 0.0
    var input = 0.0
    var cached = 0.0
    var written = 0.0

    mutating func add(_ line: Trace.Line) {
      count += 1
      input += Double(line.input)
      cached += Double(line.cachedInput)
      written += Double(line.cacheWrite)
    }

    /// As if some more requests had had the shares of `prior`.
    func shares(_ prior: Shares, requests: Double) -> Shares {
      guard count > 0, input > 0 else { return prior }
      let weight = requests * input / count
      return Shares(
        cached: (cached + weight * prior.cached) / (input + weight),
        written: (written + weight * prior.written) / (input + weight))
    }
  }

  private let models: Int
  /// By kind of work, the first for all, by model, and by whether it was asked for.
  private var sums: [Sums]

  init(_ trace: Trace) {
    models = trace.models.count
    sums = Array(repeating: Sums(), count: (trace.strata.count + 1) * models * 2)
    for place in trace.indices {
      let request = trace.request(place)
      let primary = trace.modelOfRoute[trace.profiles[Int(request.profile)].primary]
      for index in request.lines {
        let line = trace.line(index)
        guard line.work.isSuccess, line.route >= 0, line.input > 0 else { continue }
        let model = trace.modelOfRoute[Int(line.route)]
        for stratum in [request.stratum, -1] {
          sums[self.place(stratum, model, isPrimary: model == primary)].add(line)
        }
      }
    }
  }

  private func place(_ stratum: Int32, _ model: Int, isPrimary: Bool) -> Int {
    ((Int(stratum) + 1) * models + model) * 2 + (isPrimary ? 1 : 0)
  }

  /// Of the input: the model's own shares where it has enough of them for this kind of work, leaning
  /// on `carried`, those of another model for the same request, where it has not.
  func shares(_ model: Int, _ stratum: Int32, isPrimary: Bool, carried: Shares) -> Shares {
    guard model < models else { return carried }
    func known(_ stratum: Int32) -> Sums { sums[place(stratum, model, isPrimary: isPrimary)] }
    let all = known(-1)
    let prior =
      all.count >= 10 ? all.shares(carried, requests: 1) : all.shares(carried, requests: 4)
    return known(stratum).shares(prior, requests: 4)
  }
}
