package import Traffic
package import LedgerStore
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

  package mutating func of(_ attempt: Attempt) -> SIMD2<UInt64> { of(AttemptContent(attempt)) }

  package mutating func of(_ content: AttemptContent) -> SIMD2<UInt64> {
    add(content.request)
    add(content.position)
    add(content.index)
    add(content.startedMilliseconds)
    if !content.sharesContext {
      for field in content.attribution.indices { add(content.attribution[field]) }
    }
    add(content.trafficClass)
    add(content.primary)
    add(content.action)
    add(content.route)
    add(content.outcome)
    add(content.failureKind)
    add(content.failureWord)
    add(content.httpStatus)
    add(content.failureMessage)
    add(content.latencyMilliseconds)
    add(content.usage)
    add(content.reportedCostNanoUSD)
    add(content.revenueNanoUSD)
    add(content.budget)
    add(content.decisionStep)
    add(content.decisionReason)
    add(content.usage.detail)
    if let base = content.pricedAs { add(base) }
    // Only where a log says them: the content of other lines stays what it was.
    if content.isRetry || content.answeredAs != nil {
      add(Int64(content.isRetry ? 1 : 0))
      add(content.answeredAs)
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
