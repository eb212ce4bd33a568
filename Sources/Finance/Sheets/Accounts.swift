package import Traffic

/// The accounts of a general ledger that journal lines are booked to.
package struct Accounts: Hashable, Sendable {
  /// What a line of the journal is about, in the order of its lines. Raw values are written and read.
  package enum Kind: String, CaseIterable, Sendable {
    /// Of requests that name no workflow.
    case unattributedCost = "unattributed_cost"
    case costOfRevenue = "cost_of_revenue"
    /// What providers give back.
    case providerCredits = "provider_credits"
    case taxes
    /// Paid to providers in advance, and drawn from that.
    case providerPrepayments = "provider_prepayments"
    case prepaidUsage = "prepaid_usage"
    case accruedPayables = "accrued_payables"
    case receivable
    case revenue
  }

  package struct Scope: Hashable, Sendable {
    package let kind: Kind
    /// A workflow, or a provider; nil for all that have no account of their own.
    package let name: Name?

    package init(kind: Kind, name: Name? = nil) {
      self.kind = kind
      self.name = name
    }
  }

  private let accounts: [Scope: Name]

  package init(_ accounts: [Scope: Name] = [:]) { self.accounts = accounts }

  /// The account of a line; where none is given, the kind's own word.
  func account(_ kind: Kind, _ name: Name) -> String {
    (accounts[Scope(kind: kind, name: name)] ?? accounts[Scope(kind: kind)])?.text ?? kind.rawValue
  }
}
