import Traffic
import Units

/// One way that a request may have gone, as far as it is walked.
struct Path {
  /// Among the decision tree's.
  var node: Int32
  var way = Way()
  /// The recorded lines were followed one by one so far.
  var isInStep = true
  var lines = 0
  var elapsedMilliseconds = 0.0

  var answered: Action?
  var wasPutOff = false
  var wasRejected = false
  /// The last call failed by its provider's doing: which provider, how, and how likely the next fails
  /// too where it is a mean over several kinds.
  var lastFailure: (provider: Int, work: LineWork, repeats: Double?)?
  var suspensions = 0

  private var tried = InlineArray<24, Int16>(repeating: -1)
  private var triedCount = 0

  static let maximumAttempts = 24

  init(node: Int32) { self.node = node }

  var isFull: Bool { triedCount >= Self.maximumAttempts }

  mutating func note(route: Int) {
    if triedCount < Self.maximumAttempts { tried[triedCount] = Int16(route) }
    triedCount += 1
  }

  /// How often a route was called so far.
  func tries(where isSame: (Int) -> Bool) -> Int {
    var count = 0
    for index in 0..<min(triedCount, Self.maximumAttempts) where isSame(Int(tried[index])) {
      count += 1
    }
    return count
  }

  mutating func take(_ line: Trace.Line) {
    way.take(line)
    elapsedMilliseconds += Double(line.latencyMilliseconds)
    lines += 1
  }
}

/// What one way adds up to. Recorded parts are exact, the others expected.
struct Way {
  var weight = 1.0
  /// Everything so far is recorded; its weight is exactly 1.
  var isWhole = true
  var cost = Spend()
  var input = Spend()
  var cachedInput = Spend()
  var output = Spend()
  var attempts: Int64 = 0
  var failedAttempts: Int64 = 0
  var unpricedAttempts: Int64 = 0
  /// Recorded calls that failed by their provider's doing.
  var providerFailures = 0
  /// Squared standard error of the cost within this way, in nano-USD².
  var costVariance = 0.0

  mutating func take(_ line: Trace.Line) {
    cost.exact &+= line.cost.nanoUSD
    input.exact &+= Int64(line.input)
    cachedInput.exact &+= Int64(line.cachedInput)
    output.exact &+= Int64(line.output)
    guard line.route >= 0 else { return }
    attempts += 1
    if line.isUnpriced { unpricedAttempts += 1 }
  }
}

/// What served a request.
struct Serving {
  /// Among the decision tree's.
  var route: Int
  var cost: Spend
  /// For a recorded line: its tokens at the primary's price are exact.
  var line: Trace.Line?
  /// For a call that was not made.
  var tokens: Tokens

  init(route: Int, cost: Double, tokens: Tokens) {
    self.route = route
    self.cost = Spend(expected: cost)
    self.tokens = tokens
  }

  init(_ line: Trace.Line) {
    route = Int(line.route)
    cost = Spend(exact: line.cost.nanoUSD)
    self.line = line
    tokens = Tokens()
  }
}
