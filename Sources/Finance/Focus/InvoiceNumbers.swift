package import Traffic

/// The numbers of the invoices that bill a month. FOCUS wants them on every row or on none.
package struct InvoiceNumbers: Hashable, Sendable {
  private let numbers: [Name: Name]
  private let others: Name?

  /// - Parameters:
  ///   - numbers: by issuer.
  ///   - others: of all issuers that have none of their own.
  package init(_ numbers: [Name: Name], others: Name? = nil) {
    self.numbers = numbers
    self.others = others
  }

  /// As the validator takes it; nil where none is given.
  func number(_ issuer: Name) -> String? {
    (numbers[issuer] ?? others).map { FocusText.of($0.text, prefix: "invoice:") }
  }

  /// Those that have none.
  func missing(among issuers: [Name]) -> [Name] { issuers.filter { number($0) == nil } }
}
