package import Traffic
internal import Units

/// Sixteen bytes over the values of a line's fields: the same content has the same hash, whatever the
/// order of its keys or the way its numbers are written.
package struct ContentHash {
  private var bytes: [UInt8] = []
  private let digest = Digest()

  package init() {}

  package mutating func of(_ attempt: Attempt) -> [UInt8] {
    bytes.removeAll(keepingCapacity: true)
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
    add(attempt.failure?.kind.rawValue)
    add(attempt.failure?.word)
    add(attempt.failure?.httpStatus)
    add(attempt.failure?.message)
    add(attempt.latencyMilliseconds)
    add(attempt.usage.input)
    add(attempt.usage.cachedInput)
    add(attempt.usage.cacheWrite)
    add(attempt.usage.output)
    add(attempt.usage.reasoning)
    add(attempt.reportedCost?.nanoUSD)
    add(attempt.revenue?.nanoUSD)
    add(attempt.budget.limit?.nanoUSD)
    add(attempt.budget.spent?.nanoUSD)
    add(attempt.budget.prepaidBalance?.nanoUSD)
    add(attempt.decisionStep)
    add(attempt.decisionReason)
    digest.update(bytes)
    return Array(digest.finish().prefix(16))
  }

  // Every value has its length or its absence before it, so that no two contents run together.

  private mutating func add(_ value: Int64?) {
    guard let value else { return bytes.append(0) }
    bytes.append(1)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func add(_ text: String?) {
    guard let text else { return bytes.append(0) }
    add(Int64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func add(_ route: Route?) {
    guard let route else { return bytes.append(0) }
    add(route.model.provider.text)
    add(route.model.model.text)
    add(route.group?.text)
  }
}
