/// Amounts as bars no higher than a line of text, for a cell of a table.
struct Sparkline {
  let amounts: [Int64]

  var html: HTML {
    let largest = amounts.max() ?? 0
    guard largest > 0 else { return "<span class=\"none\">\(ReadingText.none)</span>" }
    let bars = amounts.enumerated().map { index, amount -> HTML in
      let height = max(Double(max(amount, 0)) / Double(largest) * 18, amount > 0 ? 1 : 0)
      let style: HTML = index == amounts.count - 1 ? "total" : "past"
      return """
        <rect class="\(style)" x="\(Double(index) * 5)" y="\(18 - height)" width="4" height="\(height)"/>
        """
    }
    let width = Double(amounts.count) * 5 - 1
    // The figures stand in the cells beside it, and day by day in the CSV.
    return """
      <svg class="spark" viewBox="0 0 \(width) 18" width="\(width)" height="18" role="img" \
      aria-label="\(words)">\(bars)</svg>
      """
  }

  /// Where the last stands among them.
  private var words: String {
    guard let last = amounts.last, let least = amounts.min(), let most = amounts.max() else {
      return ""
    }
    if last == most { return "trend: the last is the highest of \(amounts.count)" }
    if last == least { return "trend: the last is the lowest of \(amounts.count)" }
    let below = amounts.count { $0 < last }
    return "trend: the last is higher than \(below) of \(amounts.count - 1)"
  }
}
