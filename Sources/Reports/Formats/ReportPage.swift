/// What is told in words more than in figures: one value, printed as text or as Markdown.
package struct ReportPage: Sendable {
  package enum Body: Sendable {
    /// A label and what there is to say about it.
    case facts([(label: String, text: String)])
    /// Sentences that stand by themselves.
    case points([String])
    case table(ReportTable)
  }

  package struct Section: Sendable {
    package let heading: String?
    package let body: Body

    package init(_ heading: String? = nil, _ body: Body) {
      self.heading = heading
      self.body = body
    }
  }

  package let title: String
  package let sections: [Section]

  package init(_ title: String, _ sections: [Section]) {
    self.title = title
    self.sections = sections
  }
}

extension TextRenderer {
  package func text(_ page: ReportPage) -> String {
    var text = heading(page.title)
    for section in page.sections {
      if let title = section.heading { text += "\n" + heading(title) }
      switch section.body {
      case .facts(let facts): text += self.facts(facts)
      case .points(let points):
        for point in points { text += lines("- " + point, indent: 2, hanging: 4) }
      case .table(let table): text += (section.heading == nil ? "\n" : "") + self.text(table)
      }
    }
    return text
  }

  /// Labels in a column of their own; a long one gets a line of its own.
  private func facts(_ facts: [(label: String, text: String)]) -> String {
    let widest = 22
    let labels = facts.map { VisibleText.escaping($0.label) }
    let column = labels.reduce(0) { width, label in
      let own = DisplayWidth.of(label)
      return own > widest ? width : max(width, own)
    }
    let start = 2 + column + 2
    var text = ""
    for (label, fact) in zip(labels, facts) {
      let isLong = DisplayWidth.of(label) > widest
      var first = "  " + label
      if isLong {
        for line in TextWrap.lines(label, width: width - 2) { text += "  \(line)\n" }
        first = ""
      }
      let lines = TextWrap.lines(VisibleText.escaping(fact.text), width: width - start)
      for (index, line) in lines.enumerated() {
        let lead = index == 0 ? first : ""
        let fill = String(repeating: " ", count: start - DisplayWidth.of(lead))
        text += lead + fill + line + "\n"
      }
      if lines.isEmpty, !isLong { text += first + "\n" }
    }
    return text
  }

  private func lines(_ text: String, indent: Int, hanging: Int) -> String {
    let lines = TextWrap.lines(VisibleText.escaping(text), width: width - hanging)
    return lines.enumerated().map { index, line in
      String(repeating: " ", count: index == 0 ? indent : hanging) + line + "\n"
    }.joined()
  }
}

extension MarkdownRenderer {
  package static func text(_ page: ReportPage, level: Int = 2) -> String {
    var text = heading(page.title, level: level)
    var isFirst = true
    for section in page.sections {
      if !isFirst { text += "\n" }
      isFirst = false
      if let title = section.heading { text += heading(title, level: level + 1) }
      switch section.body {
      case .facts(let facts):
        for fact in facts { text += "- **\(escaped(fact.label))**: \(escaped(fact.text))\n" }
      case .points(let points):
        for point in points { text += "- \(escaped(point))\n" }
      case .table(let table):
        text += self.text(table, level: section.heading == nil ? level + 1 : 0)
      }
    }
    return text
  }
}
