extension ReportPage {
  /// The page in one file, with nothing to load and no script.
  package var html: String {
    HTMLPage(
      title: "Fallback Ledger: \(title)",
      body: """
        <header>
        <p class="product">Fallback Ledger</p>
        <h1>\(title)</h1>
        <p class="period">All times are UTC, all amounts US dollars.</p>
        </header>
        <main>
        \(sections.map(\.html))</main>

        """
    ).text
  }
}

extension ReportPage.Section {
  fileprivate var html: HTML {
    let head: HTML = heading.map { "<h2>\($0)</h2>\n" } ?? ""
    let inside: HTML =
      switch body {
      case .facts(let facts):
        """
        <ul class="notes">
        \(facts.map { "<li><strong>\($0.label)</strong>: \($0.text)</li>\n" as HTML })</ul>

        """
      case .points(let points):
        "<ul class=\"notes\">\n\(points.map { "<li>\($0)</li>\n" as HTML })</ul>\n"
      case .table(let table): table.html
      }
    return "<section>\n\(head)\(inside)</section>\n"
  }
}
