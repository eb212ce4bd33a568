package import Traffic
internal import Units

/// Sixteen bytes over the values of a line's fields: the same content has the same hash, whatever the
/// order of its keys or the way its numbers are written.
package struct ContentHash {
  private var bytes = [UInt8](repeating: 0, count: 4096)
  private var count = 0
  private let digest = Digest()

  package init() {}

  package mutating func of(_ attempt: Attempt) -> SIMD2<UInt64> {
    add(attempt.requestID.text)
    add(attempt.position)
    add(attempt.index)
    add(attempt.startedAt.milliseconds)
    for field in AttributionField.allCases { add(attempt.attribution[field]?.text) }
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
    if let base = attempt.pricedAs {
      add(base.provider.text)
      add(base.model.text)
    }
    return finish()
  }

  /// The hash of all values since the last.
  mutating func finish() -> SIMD2<UInt64> {
    bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    count = 0
    return digest.finishHalf()
  }

  // Every value has its length or its absence before it, so that no two contents run together.

  mutating func add(_ value: Int64?) {
    makeRoom(9)
    guard let value else { return addByte(0) }
    addByte(1)
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: value.littleEndian, toByteOffset: count, as: Int64.self)
    }
    count += 8
  }

  mutating func add(_ text: Span<UInt8>) {
    add(Int64(text.count))
    makeRoom(text.count)
    let at = count
    bytes.withUnsafeMutableBytes { bytes in
      text.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: bytes[at...]).copyMemory(from: $0)
      }
    }
    count += text.count
  }

  mutating func addAbsent() {
    makeRoom(1)
    addByte(0)
  }

  mutating func add(_ text: String?) {
    guard var text else { return addAbsent() }
    text.withUTF8 { add($0.span) }
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
    // Nothing for a line that says nothing of it, so that lines have the hashes they always had; no
    // value that follows begins with this byte.
    guard !usage.detail.isEmpty else { return }
    makeRoom(1)
    addByte(2)
    add(usage.detail.cacheWriteOneHour)
    add(usage.detail.audioInput)
    add(usage.detail.imageInput)
    add(usage.detail.audioOutput)
    add(usage.detail.imageOutput)
    add(usage.detail.serviceTier?.rawValue)
  }

  mutating func add(_ budget: BudgetSnapshot) {
    add(budget.limit?.nanoUSD)
    add(budget.spent?.nanoUSD)
    add(budget.prepaidBalance?.nanoUSD)
  }

  private mutating func add(_ route: Route?) {
    guard let route else { return addAbsent() }
    add(route.model.provider.text)
    add(route.model.model.text)
    add(route.group?.text)
  }

  private mutating func addByte(_ byte: UInt8) {
    bytes[count] = byte
    count += 1
  }

  private mutating func makeRoom(_ wanted: Int) {
    guard count + wanted > bytes.count else { return }
    bytes.append(contentsOf: repeatElement(0, count: max(wanted, bytes.count)))
  }
}
