package import Traffic
internal import LedgerStore
internal import Units

/// Sixteen bytes over the values of a line's fields: the same content has the same hash, whatever the
/// order of its keys or the way its numbers are written (docs/decisions/0007).
///
/// Values are taken in by the word; texts by their keys (``TextKey``). Stored, so it never changes.
package struct ContentHash {
  private var lanes = Self.start
  /// A bit for each value so far: 1 for one given. It tells how the words are to be read.
  private var given: UInt64 = 1

  private static let start = SIMD2<UInt64>(0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344)

  package init() {}

  package mutating func of(_ attempt: Attempt) -> SIMD2<UInt64> {
    add(attempt.requestID.text)
    add(attempt.position)
    add(attempt.index)
    add(attempt.startedAt.milliseconds)
    if !attempt.sharesContext {
      for field in AttributionField.allCases { add(attempt.attribution[field]?.text) }
    }
    add(attempt.trafficClass?.rawValue)
    add(attempt.primary)
    add(attempt.action.rawValue)
    add(attempt.route)
    add(attempt.outcome?.rawValue)
    add(attempt.failure)
    add(attempt.latencyMilliseconds)
    add(attempt.usage)
    add(attempt.reportedCost?.nanoUSD)
    add(attempt.revenue?.nanoUSD)
    add(attempt.budget)
    add(attempt.decisionStep)
    add(attempt.decisionReason)
    add(attempt.usage.detail)
    if let base = attempt.pricedAs { add(Route(model: base)) }
    // Only where a log says them: the content of other lines stays what it was.
    if attempt.isRetry || attempt.answeredAs != nil {
      add(Int64(attempt.isRetry ? 1 : 0))
      add(attempt.answeredAs.map { Route(model: $0) })
    }
    return finish()
  }

  mutating func of(_ context: RequestContext) -> SIMD2<UInt64> {
    add(context.requestID.text)
    add(context.parentID?.text)
    add(context.startedAt.milliseconds)
    for field in AttributionField.allCases { add(context.attribution[field]?.text) }
    return finish()
  }

  /// The hash of all values since the last.
  mutating func finish() -> SIMD2<UInt64> {
    absorb(given)
    absorb(0)
    defer {
      lanes = Self.start
      given = 1
    }
    return lanes
  }

  // Absence is a value too, so that no two contents run together.

  @inline(__always)
  mutating func add(_ value: Int64?) {
    given <<= 1
    guard let value else { return }
    given |= 1
    absorb(UInt64(bitPattern: value))
  }

  @inline(__always)
  mutating func addAbsent() { given <<= 1 }

  mutating func add(_ text: String?) {
    guard var text else { return addAbsent() }
    add(text.withUTF8 { TextKey.of($0.span) })
  }

  mutating func add(_ failure: Failure?) {
    add(failure?.kind.rawValue)
    add(failure?.word)
    add(failure?.httpStatus)
    add(failure?.message)
  }

  mutating func add(_ usage: Usage) {
    add(usage.input)
    add(usage.cachedInput)
    add(usage.cacheWrite)
    add(usage.output)
    add(usage.reasoning)
  }

  /// What few lines say comes last, and only if it is said: other lines have the hashes they always
  /// had, and how many values there are tells the two apart.
  private mutating func add(_ detail: UsageDetail) {
    guard !detail.isEmpty else { return }
    add(detail.cacheWriteOneHour)
    add(detail.audioInput)
    add(detail.imageInput)
    add(detail.audioOutput)
    add(detail.imageOutput)
    add(detail.serviceTier?.rawValue)
  }

  mutating func add(_ budget: BudgetSnapshot) {
    add(budget.limit?.nanoUSD)
    add(budget.spent?.nanoUSD)
    add(budget.prepaidBalance?.nanoUSD)
  }

  /// The key of a route's names with zero bytes between them, as in ``NameBook``.
  private mutating func add(_ route: Route?) {
    guard let route else { return addAbsent() }
    add(TextKey.of(route.joinedNames.span))
  }

  /// Folds a word into both lanes, each with a multiplier of its own: the halves of a product of 128
  /// bits, xored.
  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    lanes = SIMD2(
      Self.fold(lanes[0] ^ word, 0xE703_7ED1_A0B4_28DB) &+ lanes[1],
      Self.fold(lanes[1] ^ word, 0x8EBC_6AF0_9C88_C6E3))
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
  }
}

extension Route {
  /// Provider, model and group, if it has one, with a zero byte between them; no name has one.
  var joinedNames: [UInt8] {
    var bytes = Array(model.provider.text.utf8) + [0] + model.model.text.utf8
    if let group { bytes += [0] + group.text.utf8 }
    return bytes
  }
}
