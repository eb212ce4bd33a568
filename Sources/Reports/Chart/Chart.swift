/// A picture in SVG, drawn for the width it gets, so that its text stays readable on a phone.
package protocol Chart: Sendable {
  /// What it shows, in a few words.
  var title: String { get }
  /// What there is to see, for who does not see it.
  var summary: String { get }
  /// How tall it is, and what is in it, for a width in pixels.
  func drawing(width: Double) -> (height: Double, content: HTML)
}

extension Chart {
  /// The picture for wide and for narrow pages; the style shows one of them. One that stands alone is
  /// also drawn for the whole of a broad page. `id` is unique on its page.
  package func figure(id: String, standsAlone: Bool = false) -> HTML {
    let broad: HTML =
      standsAlone ? "<div class=\"broad\">\(svg(width: 1140, id: id + "-broad"))</div>\n" : ""
    return """
      <figure class="chart">
      <figcaption>\(title)</figcaption>
      \(broad)\
      <div class="wide">\(svg(width: 560, id: id + "-wide"))</div>
      <div class="narrow">\(svg(width: 340, id: id + "-narrow"))</div>
      </figure>

      """
  }

  private func svg(width: Double, id: String) -> HTML {
    let (height, content) = drawing(width: width)
    return """
      <svg viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" \
      aria-labelledby="\(id)-title \(id)-text">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-text">\(summary)</desc>
      \(content)</svg>
      """
  }
}

/// Text in a picture.
enum ChartText {
  /// Of the page's picture text, 12 pixels high; a little more than most letters take.
  static func width(_ text: String) -> Double { Double(DisplayWidth.of(text)) * 6.9 }

  enum Anchor: String { case start, middle, end }

  static func at(
    _ x: Double, _ y: Double, _ text: String, _ anchor: Anchor = .start, style: HTML = "label"
  ) -> HTML {
    """
    <text x="\(x)" y="\(y)" text-anchor="\(anchor.rawValue)" class="\(style)">\(text)</text>

    """
  }
}
