internal import Traffic
package import Units

/// One line of an attempt's bill: so many tokens (or requests) at one price.
package struct Charge: Hashable, Sendable {
  package let rate: Rate
  package let quantity: Int64
  /// USD for one.
  package let price: UnitPrice

  package init(rate: Rate, quantity: Int64, price: UnitPrice) {
    self.rate = rate
    self.quantity = quantity
    self.price = price
  }
}

extension TokenPrices {
  /// The bill of `usage`, without a request's price; nil where the counts leave 64 bits.
  ///
  /// A token is paid once. Audio and images are parts of the input outside the cache, audio, images
  /// and reasoning of the output; what a log claims beyond the whole is not paid, audio first.
  func charges(for usage: Usage) -> [Charge]? {
    // A log may claim more cached tokens than input: that is no reason to trap.
    let uncached = Int128(usage.input) - Int128(usage.cachedInput) - Int128(usage.cacheWrite)
    guard let uncached = Int64(exactly: uncached) else { return nil }
    guard !special.isEmpty else {
      return [
        Charge(rate: .input, quantity: uncached, price: input),
        Charge(rate: .cachedInput, quantity: usage.cachedInput, price: cachedInput ?? input),
        Charge(rate: .cacheWrite, quantity: usage.cacheWrite, price: cacheWrite ?? input),
        Charge(rate: .output, quantity: usage.output, price: output),
      ]
    }
    let detail = usage.detail
    var text = uncached
    let audioInput = Self.take(detail.audioInput, from: &text)
    let imageInput = Self.take(detail.imageInput, from: &text)
    var fiveMinutes = usage.cacheWrite
    let oneHour = Self.take(detail.cacheWriteOneHour, from: &fiveMinutes)
    var answer = usage.output
    let audioOutput = Self.take(detail.audioOutput, from: &answer)
    let imageOutput = Self.take(detail.imageOutput, from: &answer)
    let reasoning = Self.take(usage.reasoning, from: &answer)
    let quantities: [(Rate, Int64)] = [
      (.input, text), (.audioInput, audioInput), (.imageInput, imageInput),
      (.cachedInput, usage.cachedInput), (.cacheWrite, fiveMinutes),
      (.cacheWriteOneHour, oneHour), (.output, answer), (.reasoning, reasoning),
      (.audioOutput, audioOutput), (.imageOutput, imageOutput),
    ]
    return quantities.map { Charge(rate: $0, quantity: $1, price: price(of: $0)) }
  }

  /// Takes up to `wanted` out of `rest`.
  private static func take(_ wanted: Int64, from rest: inout Int64) -> Int64 {
    let taken = max(0, min(wanted, rest))
    rest -= taken
    return taken
  }
}
