/// Why a report is not made: a figure that contradicts another, or leaves its range. Prints as:
/// `cost_usd by workflow adds up to 3.000000000, the total is 4.000000000; run fallback-ledger verify`
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  package let what: String
  package let remedy: String

  package init(what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }

  package var description: String { "\(what); \(remedy)" }
}
