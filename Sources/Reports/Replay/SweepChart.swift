import Pricing
import Replay
import Units

extension SweepReport {
  /// The grid as a page: the frontier, a chart of cost against the served share, and every candidate.
  package var html: String {
    HTMLPage(
      title: "Fallback Ledger: \(page.title)",
      body: """
        <header>
        <p class="product">Fallback Ledger</p>
        <h1>\(page.title)</h1>
        <p class="period">All times are UTC, all amounts US dollars.</p>
        </header>
        <main>
        <section>\(table(frontierOnly: true).html)</section>
        <section>\(chart)</section>
        <section>\(table(frontierOnly: false).html)</section>
        </main>

        """
    ).text
  }

  /// Each candidate by its cost and the share it serves; the frontier filled.
  private var chart: HTML {
    let costs = results.map { Double($0.costNanoUSD) / 1e9 }
    let shares = results.map { $0.totals.value(1) / max(1, $0.totals.value(0)) * 100 }
    guard let left = costs.min(), let right = costs.max(), let low = shares.min(),
      let high = shares.max()
    else { return "" }
    let (width, height, edge) = (640.0, 320.0, 48.0)
    func place(_ value: Double, _ from: Double, _ to: Double, _ length: Double) -> Double {
      to > from ? (value - from) / (to - from) * (length - 2 * edge) : (length - 2 * edge) / 2
    }
    let dots = results.indices.map { index -> HTML in
      let x = edge + place(costs[index], left, right, width)
      let y = height - edge - place(shares[index], low, high, height)
      let fill: HTML = results[index].isOnFrontier ? "currentColor" : "none"
      return """
        <circle cx="\(x)" cy="\(y)" r="4" fill="\(fill)" stroke="currentColor"/>

        """
    }
    return """
      <figure>
      <svg viewBox="0 0 640 320" role="img" aria-label="Candidates by cost and served share">
      <path d="M48 24V272H616" fill="none" stroke="currentColor" opacity="0.4"/>
      \(dots)<text x="48" y="292" font-size="12" fill="currentColor">\(usd(left))</text>
      <text x="616" y="292" font-size="12" text-anchor="end" fill="currentColor">\(usd(right)) USD</text>
      <text x="8" y="272" font-size="12" fill="currentColor">\(percent(low))</text>
      <text x="8" y="32" font-size="12" fill="currentColor">\(percent(high)) %</text>
      </svg>
      <figcaption>Cost against the share served; filled dots are on the frontier.</figcaption>
      </figure>

      """
  }

  private func usd(_ value: Double) -> String {
    ReadingText.money(Money(nanoUSD: Int64((value * 1e9).rounded())), places: 2)
  }

  private func percent(_ value: Double) -> String {
    DecimalText.shortText(Int128((value * 100).rounded()), places: 2)
  }
}
