/// How much of its input a model reads from or writes to a cache, for the requests that asked for it and
/// for those that came to it as a fallback: a provider that gets a conversation for the first time has
/// nothing of it cached.
struct CacheManners: Sendable {
  struct Shares: Sendable {
    var cached: Double
    var written: Double
  }

  private struct Key: Hashable {
    let model: Int32
    let stratum: Int32
    let isPrimary: Bool
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

  /// With a stratum of -1 for all.
  private var sums: [Key: Sums] = [:]

  init(_ trace: Trace) {
    for place in trace.indices {
      let request = trace.request(place)
      let primary = trace.modelOfRoute[trace.profiles[Int(request.profile)].primary]
      for index in request.lines {
        let line = trace.line(index)
        guard line.work.isSuccess, line.route >= 0, line.input > 0 else { continue }
        let model = trace.modelOfRoute[Int(line.route)]
        for stratum in [request.stratum, -1] {
          let key = Key(model: Int32(model), stratum: stratum, isPrimary: model == primary)
          sums[key, default: Sums()].add(line)
        }
      }
    }
  }

  /// Of the input: the model's own shares where it has enough of them for this kind of work, leaning
  /// on `carried`, those of another model for the same request, where it has not.
  func shares(_ model: Int, _ stratum: Int32, isPrimary: Bool, carried: Shares) -> Shares {
    func known(_ stratum: Int32) -> Sums {
      sums[Key(model: Int32(model), stratum: stratum, isPrimary: isPrimary)] ?? Sums()
    }
    let all = known(-1)
    let prior =
      all.count >= 10 ? all.shares(carried, requests: 1) : all.shares(carried, requests: 4)
    return known(stratum).shares(prior, requests: 4)
  }
}
