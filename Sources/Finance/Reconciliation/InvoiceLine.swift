package import Traffic
package import Units

/// Who issued an invoice or a usage export. Raw values are arguments.
package enum InvoiceIssuer: String, CaseIterable, Sendable {
  case openai, anthropic, openrouter
  /// Our own columns, of any provider.
  case csv
}

/// A line of an invoice or a usage export.
package struct InvoiceLine: Hashable, Sendable {
  package var day: UTCDay
  package var provider: Name
  /// Empty for what is billed for no model.
  package var model: Name
  package var amount: Money
  /// What the file says of the kind of token.
  package var isCachedInput: Bool
  /// Billed at the discount for calls answered within hours.
  package var isBatch: Bool

  package init(
    day: UTCDay, provider: Name, model: Name, amount: Money, isCachedInput: Bool = false,
    isBatch: Bool = false
  ) {
    self.day = day
    self.provider = provider
    self.model = model
    self.amount = amount
    self.isCachedInput = isCachedInput
    self.isBatch = isBatch
  }
}
