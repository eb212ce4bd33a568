package import Pricing
import Units

extension Summary {
  /// Checks that the groups add up to the totals, that the requests' endings add up to the requests,
  /// and that every margin bridge holds, to the last nano-USD.
  /// - Throws: ``ReportError`` naming the first measure that does not.
  package func checkFooting() throws(ReportError) {
    try totals.checkFooting("the totals")
    guard !fields.isEmpty else { return }
    let by = fields.map(\.rawValue).joined(separator: ", ")
    for group in groups {
      let name = group.key.map { $0 ?? "none" }.joined(separator: ", ")
      try group.measures.checkFooting("\(by) \(VisibleText.escaping(name))")
    }
    for measure in CountMeasure.allCases {
      let sum = groups.reduce(Int128(0)) { $0 + Int128($1.measures[measure]) }
      let total = Int128(totals[measure])
      guard sum == total else {
        throw .doesNotFoot("\(measure.rawValue) by \(by)", sum: sum, total: total, isMoney: false)
      }
    }
    for measure in MoneyMeasure.allCases {
      let sum = groups.reduce(Int128(0)) { $0 + Int128($1.measures[measure].nanoUSD) }
      let total = Int128(totals[measure].nanoUSD)
      guard sum == total else {
        throw .doesNotFoot("\(measure.rawValue) by \(by)", sum: sum, total: total, isMoney: true)
      }
    }
  }
}

extension Measures {
  /// - Parameter set: what is measured, for the message.
  /// - Throws: ``ReportError`` if the endings are not the requests, or the bridge does not hold.
  fileprivate func checkFooting(_ set: String) throws(ReportError) {
    let endings = CountMeasure.endings.reduce(Int128(0)) { $0 + Int128(self[$1]) }
    guard endings == Int128(self[.requests]) else {
      throw .doesNotFoot(
        "how the requests of \(set) ended", sum: endings, total: Int128(self[.requests]),
        isMoney: false)
    }
    guard footsToTheBridge else {
      throw ReportError(
        what: "the margin bridge of \(set) does not lead from planned to actual margin",
        remedy: "run fallback-ledger verify")
    }
  }
}
