internal import Traffic
internal import Units

/// What the ledger booked of a day and model, in nano-USD.
struct Booked {
  var cost: Int128 { yocto / 1_000_000_000_000_000 }
  private var yocto: Int128 = 0
  private var cachedYocto: Int128 = 0
  private var failedYocto: Int128 = 0
  private(set) var failedCalls: Int128 = 0
  private(set) var unpricedCalls: Int128 = 0
  private(set) var hasBatchPrices = false

  var cached: Int128 { cachedYocto.dividedHalfEven(by: 1_000_000_000_000_000) }
  var failed: Int128 { failedYocto.dividedHalfEven(by: 1_000_000_000_000_000) }

  mutating func add(_ charge: ChargeFact, _ amounts: ChargeFact.Amounts) {
    yocto += amounts.effective
    if charge.meter == "cached_input" { cachedYocto += amounts.effective }
    if charge.role == .failedAttempt {
      failedYocto += amounts.effective
      failedCalls += amounts.calls
    }
    if charge.basis == .unpriced { unpricedCalls += amounts.calls }
    if charge.priceVersion.text.contains("+batch") { hasBatchPrices = true }
  }
}

/// What an invoice says of a day and model, in nano-USD.
struct Billed {
  private(set) var cost: Int128 = 0
  /// Nil where the invoice tells no kinds of tokens apart.
  private(set) var cached: Int128?
  private(set) var isBatch = false

  mutating func add(_ line: InvoiceLine) {
    let amount = Int128(line.amount.nanoUSD)
    cost += amount
    if line.isCachedInput { cached = (cached ?? 0) + amount }
    if line.isBatch { isBatch = true }
  }
}

extension Reconciliation.Entry {
  init(_ key: Reconciliation.Key, _ ours: Booked?, _ theirs: Billed?) {
    let booked = ours?.cost ?? 0
    let billed = theirs?.cost ?? 0
    var parts: [Reconciliation.Reason: Int128] = [:]
    var rest = billed - booked
    func take(_ amount: Int128, as reason: Reconciliation.Reason) {
      parts[reason, default: 0] += amount
      rest -= amount
    }
    let status: Reconciliation.Status
    switch (ours, theirs) {
    case (let ours?, let theirs?):
      status = rest == 0 ? .matched : .priceDifference
      if rest != 0 {
        if let cached = theirs.cached { take(cached - ours.cached, as: .cachedTokens) }
        if rest < 0, theirs.isBatch, !ours.hasBatchPrices { take(rest, as: .batchDiscount) }
        if rest == -ours.failed || rest > 0 && ours.failed == 0 && ours.failedCalls > 0 {
          take(rest, as: .failedAttempts)
        }
        if rest > 0, ours.unpricedCalls > 0 { take(rest, as: .unpriced) }
        take(rest, as: .price)
      }
    case (let ours?, nil):
      status = .missing
      take(rest, as: rest == -ours.failed ? .failedAttempts : .late)
    case (nil, _):
      status = .extra
      take(rest, as: key.model == "" ? .noModel : .late)
    }
    self.init(
      key: key, status: status, booked: Money(nanoUSD: Int64(clamping: booked)),
      billed: Money(nanoUSD: Int64(clamping: billed)),
      reasons: parts.filter { $0.value != 0 }.mapValues { Money(nanoUSD: Int64(clamping: $0)) })
  }
}
