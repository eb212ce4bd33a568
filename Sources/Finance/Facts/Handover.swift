/// What finance adds to a month when it is handed over.
package struct Handover: Hashable, Sendable {
  package var accounts: Accounts
  /// Nil for no invoice on any row.
  package var invoices: InvoiceNumbers?

  package init(accounts: Accounts = Accounts(), invoices: InvoiceNumbers? = nil) {
    self.accounts = accounts
    self.invoices = invoices
  }
}
