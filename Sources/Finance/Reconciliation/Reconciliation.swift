package import Traffic
package import Units

/// An invoice held to the ledger by UTC day and model: where they differ, by how much, and why.
package struct Reconciliation: Hashable, Sendable {
  package enum Status: String, Sendable {
    case matched
    /// In the ledger, not on the invoice.
    case missing
    /// On the invoice, not in the ledger.
    case extra
    case priceDifference = "price_difference"
  }

  /// Why a difference is there. Raw values are printed.
  package enum Reason: String, CaseIterable, Sendable {
    /// The ledger has calls without a price.
    case unpriced
    /// One of the two has not, or not yet, what the other has of that day and model.
    case late
    /// The kinds of input are billed otherwise than booked.
    case cachedTokens = "cached_tokens"
    /// Billed as a batch, booked at the standard price.
    case batchDiscount = "batch_discount"
    /// Failed calls are billed and were booked without a cost, or booked and are not billed.
    case failedAttempts = "failed_attempts"
    /// Billed for no model, such as a search or storage.
    case noModel = "no_model"
    /// None of these: another price.
    case price
  }

  package struct Key: Hashable, Comparable, Sendable {
    package let day: UTCDay
    package let provider: Name
    package let model: Name

    package static func < (left: Key, right: Key) -> Bool {
      (left.day, left.provider, left.model) < (right.day, right.provider, right.model)
    }
  }

  package struct Entry: Hashable, Sendable {
    package let key: Key
    package let status: Status
    package let booked: Money
    package let billed: Money
    /// Parts of billed less booked, which add up to it; none is 0.
    package let reasons: [Reason: Money]

    package var difference: Money {
      Money(nanoUSD: Int64(clamping: Int128(billed.nanoUSD) - Int128(booked.nanoUSD)))
    }
  }

  /// By rising day, provider and model.
  package let entries: [Entry]

  /// - Parameters:
  ///   - invoice: all its lines.
  ///   - charges: of the ledger, of the days that the invoice covers and of its providers.
  package init(_ invoice: [InvoiceLine], charges: Facts) {
    var booked: [Key: Booked] = [:]
    for (key, amounts) in charges.rows {
      guard let charge = ChargeFact(key), charge.category != .purchase else { continue }
      let place = Key(day: charge.day, provider: charge.provider, model: charge.model)
      booked[place, default: Booked()].add(charge, ChargeFact.Amounts(amounts))
    }
    let known = Set(booked.keys)
    var billed: [Key: Billed] = [:]
    for line in invoice {
      billed[Self.place(of: line, among: known), default: Billed()].add(line)
    }
    // Calls that cost nothing and are not billed are no business of an invoice.
    entries = known.union(billed.keys).sorted().compactMap { key in
      let (ours, theirs) = (booked[key], billed[key])
      guard theirs != nil || ours?.cost != 0 else { return nil }
      return Entry(key, ours, theirs)
    }
  }

  package func total(_ reason: Reason) -> Int128 {
    entries.reduce(0) { $0 + Int128($1.reasons[reason]?.nanoUSD ?? 0) }
  }

  package var booked: Int128 { entries.reduce(0) { $0 + Int128($1.booked.nanoUSD) } }
  package var billed: Int128 { entries.reduce(0) { $0 + Int128($1.billed.nanoUSD) } }

  /// A line's model as the ledger calls it: the same name, or without the date of its version.
  private static func place(of line: InvoiceLine, among known: Set<Key>) -> Key {
    let exact = Key(day: line.day, provider: line.provider, model: line.model)
    guard !known.contains(exact) else { return exact }
    let plain = Key(
      day: line.day, provider: line.provider, model: Name(withoutDate(line.model.text)))
    return known.contains(plain) ? plain : exact
  }

  /// `gpt-4o-2024-08-06` and `claude-sonnet-4-20250514` without their dates.
  private static func withoutDate(_ model: String) -> String {
    if let range = model.firstRange(of: /-[0-9]{4}-?[0-9]{2}-?[0-9]{2}$/) {
      return String(model[..<range.lowerBound])
    }
    return model
  }
}
