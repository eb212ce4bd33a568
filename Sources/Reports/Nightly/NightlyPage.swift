extension NightlyReport {
  /// The page that people open: complete in one file, with nothing to load and no script.
  var page: String {
    HTMLPage(
      title: "Fallback Ledger: \(title)",
      body: """
        <header>
        <p class="product"><a href="../index.html">Fallback Ledger</a></p>
        <h1>\(title)</h1>
        <p class="period">What the day’s LLM requests did and what they cost. All times are UTC, \
        all amounts US dollars.</p>
        </header>
        <main>
        <h2 class="hidden">At a glance</h2>
        <dl class="headlines">
        \(headlines.map(\.html))</dl>
        \(changed)\(toDo)<nav aria-label="Sections"><ul>
        \(sections.map { "<li><a href=\"#\($0.name)\">\($0.title)</a></li>\n" as HTML })\
        <li><a href="#counting">How this was counted</a></li>
        </ul></nav>
        \(sections.map(\.html))\(counting)</main>

        """
    ).text
  }

  private var changed: HTML {
    guard !changes.isEmpty else { return "" }
    return """
      <section class="changed" aria-labelledby="what-changed">
      <h2 id="what-changed">What changed most</h2>
      <ol>
      \(changes.map { "<li>\($0.text)</li>\n" as HTML })</ol>
      </section>

      """
  }

  private var toDo: HTML {
    guard !findings.isEmpty else {
      return """
        <section class="todo calm" aria-labelledby="what-to-do">
        <h2 id="what-to-do">What to do</h2>
        <p>Nothing stands out.</p>
        </section>

        """
    }
    return """
      <section class="todo" aria-labelledby="what-to-do">
      <h2 id="what-to-do">What to do</h2>
      <ol>
      \(findings.map(\.html))</ol>
      </section>

      """
  }

  private var counting: HTML {
    let files = files(of: sections)
    return """
      <section id="counting" aria-labelledby="counting-title">
      <h2 id="counting-title">How this was counted</h2>
      <ul class="notes">
      \(notes.map { "<li>\($0)</li>\n" as HTML })</ul>
      <p class="files">Files beside this page: \(files)</p>
      </section>

      """
  }

  private func files(of sections: [ReportSection]) -> HTML {
    let names = ["report.md", "report.json", Self.manifestName] + sections.map { $0.name + ".csv" }
    return names.enumerated().reduce("") { list, file in
      let separator: HTML = file.offset == 0 ? "" : ", "
      return list + separator + "<a href=\"\(file.element)\">\(file.element)</a>"
    }
  }
}

extension Headline {
  fileprivate var html: HTML {
    let unit: HTML = unit.isEmpty ? "" : " <span class=\"unit\">\(unit)</span>"
    let change: HTML =
      change.map(\.html) ?? "<dd class=\"change\">no figures for the day before</dd>\n"
    let size: HTML = value.count > 11 ? "value long" : "value"
    return """
      <div><dt>\(label)</dt>
      <dd class="\(size)">\(value)\(unit)</dd>
      <dd class="detail">\(detail)</dd>
      \(change)</div>

      """
  }
}

extension Headline.Change {
  fileprivate var html: HTML {
    let sign: HTML =
      switch direction {
      case .up: "<span aria-hidden=\"true\">▲</span> "
      case .down: "<span aria-hidden=\"true\">▼</span> "
      case .level: ""
      }
    let style: HTML =
      switch tone {
      case .good: " good"
      case .bad: " bad"
      case .neutral: ""
      }
    return "<dd class=\"change\(style)\">\(sign)\(text)</dd>\n"
  }
}

extension Finding {
  fileprivate var html: HTML {
    let command: HTML = command.map { " <code>\($0)</code>" } ?? ""
    return "<li><strong>\(what)</strong> \(remedy)\(command)</li>\n"
  }
}

extension ReportSection {
  fileprivate var html: HTML {
    """
    <section id="\(name)" aria-labelledby="\(name)-title">
    <h2 id="\(name)-title">\(title)</h2>
    <p class="lead">\(lead)</p>
    \(blocks.enumerated().map { $1.html(id: "\(name)-\($0 + 1)", standsAlone: true) })\
    \(notes.map { "<p class=\"note\">\($0)</p>\n" as HTML })</section>

    """
  }
}

extension ReportSection.Block {
  fileprivate func html(id: String, standsAlone: Bool = false) -> HTML {
    switch self {
    case .table(let table): table.html
    case .chart(let chart): chart.figure(id: id, standsAlone: standsAlone)
    case .beside(let blocks):
      """
      <div class="beside">
      \(blocks.enumerated().map { block in
        "<div>\n\(block.element.html(id: "\(id)-\(block.offset + 1)"))</div>\n" as HTML
      })</div>

      """
    case .folded(let table):
      """
      <details>
      <summary>\(table.title)</summary>
      \(table.html)</details>

      """
    }
  }
}
