@testable import Reports
import Glibc
import Testing

@Suite("The nightly page")
struct PageTests {
  static let samples = [SampleTraffic.fortnight, .hostile, SampleTraffic()]

  @Test("40: loads nothing and runs nothing but its sorting", arguments: samples.indices)
  func selfContained(sample: Int) throws {
    let whole = try NightlyReport(Self.samples[sample].night()).page
    #expect(
      whole.contains(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(SortScript.hash)';"))
    let script = "<script>\(SortScript.text)</script>"
    #expect(whole.ranges(of: script).count == 1)
    let page = whole.replacing(script, with: "")
    for word in ["<script", "src=", "url(", "@import", "javascript:", " onload="] {
      #expect(!page.replacing("&lt;img src=x", with: "").contains(word), "\(word)")
    }
    // Links lead to files beside the page, or on it.
    for link in page.matches(of: #/href="([^"]*)"/#).map(\.1) {
      #expect(link == "data:," || link.hasPrefix("#") || !link.contains(":"))
    }
  }

  @Test("closes every element it opens, and gives no id twice", arguments: samples.indices)
  func wellFormed(sample: Int) throws {
    let page = try NightlyReport(Self.samples[sample].night()).page
      .replacing(SortScript.text, with: "")
    var open: [Substring] = []
    for tag in page.matches(of: #/<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>/#) {
      let (_, closing, name, own) = tag.output
      if !closing.isEmpty {
        #expect(open.popLast() == name)
      } else if own.isEmpty, !["meta", "link", "wbr"].contains(name) {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
    let ids = page.matches(of: #/ id="([^"]*)"/#).map(\.1)
    #expect(Set(ids).count == ids.count)
  }

  @Test("tells who cannot see it what its tables and pictures are")
  func accessible() throws {
    let page = try NightlyReport(SampleTraffic.fortnight.night()).page
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.ranges(of: "<h1").count == 1)
    #expect(page.ranges(of: "<caption>").count == page.ranges(of: "<table>").count)
    #expect(
      page.ranges(of: "<th").count == page.ranges(of: " scope=").count
        + page.ranges(of: "<thead").count)
    #expect(page.ranges(of: "<svg").count == page.ranges(of: "role=\"img\"").count)
    #expect(
      page.ranges(of: "<svg").count
        == page.ranges(of: "<desc ").count + page.ranges(of: "class=\"spark\"").count)
    #expect(page.contains(" USD on the last day; the most was "))
  }

  /// WCAG 2.2 AA, over every pair of colours that meet.
  @Test("keeps its text and bars apart from what is behind them", arguments: [0, 1, 2])
  func contrast(scheme: Int) throws {
    let blocks = PageStyle.sheet.markup.matches(of: #/:root \{([^}]*)\}/#).map(\.1)
    try #require(blocks.count == 3, "light, dark, print")
    var colors: [Substring: Substring] = [:]
    for entry in blocks[scheme].matches(of: #/--([a-z0-9-]+): (#[0-9a-f]{6})/#) {
      colors[entry.1] = entry.2
    }
    func ratio(_ front: Substring, _ back: Substring) throws -> Double {
      let lights = [try luminance(#require(colors[front])), try luminance(#require(colors[back]))]
      return ((lights.max() ?? 0) + 0.05) / ((lights.min() ?? 0) + 0.05)
    }
    for back: Substring in ["ground", "surface"] {
      for front: Substring in ["text", "muted", "accent", "good", "bad"] {
        #expect(try ratio(front, back) >= 4.5, "\(front) on \(back)")
      }
    }
    for back: Substring in ["note", "code", "tint", "tint-down"] {
      #expect(try ratio("text", back) >= 4.5, "text on \(back)")
    }
    for front: Substring in ["s1", "s2", "s3", "s4", "s5", "s6", "s7"] {
      #expect(try ratio(front, "surface") >= 3, "\(front)")
    }
    for front: Substring in ["up", "down"] { #expect(try ratio(front, "surface") >= 3, "\(front)") }
    // Days gone by are pale on purpose; their figures stand in the table below.
    #expect(try ratio("past", "surface") >= 2.5)
  }

  private func luminance(_ color: Substring) throws -> Double {
    let value = try #require(Int(color.dropFirst(), radix: 16))
    let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
