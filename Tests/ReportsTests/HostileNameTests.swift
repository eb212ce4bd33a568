import Pricing
@testable import Reports
import Testing
import Units

@Suite("A hostile name")
struct HostileNameTests {
  let report: SummaryReport

  init() throws {
    report = try SummaryReport(SampleTraffic.hostile.summary(by: [.workflow]))
  }

  @Test(
    "41: reaches a terminal without control, and no line is wider", arguments: [40, 60, 80, 132])
  func terminal(width: Int) {
    let text = report.text(with: TextRenderer(width: width))
    for line in text.split(separator: "\n") {
      #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
      for scalar in line.unicodeScalars {
        let category = scalar.properties.generalCategory
        #expect(category != .control && category != .format)
      }
    }
  }

  @Test("is text in Markdown")
  func markdown() {
    #expect(
      MarkdownRenderer.escaped("<script>|`a`*b*[c](d)\\")
        == "&lt;script&gt;\\|\\`a\\`\\*b\\*\\[c\\](d)\\\\")
    #expect(MarkdownRenderer.escaped("two\nlines") == "two\\\\nlines")
    #expect(MarkdownRenderer.escaped("@team me@example.org") == "@<!-- -->team me@example.org")
    #expect(MarkdownRenderer.escaped("snake_case _x_") == "snake_case \\_x\\_")
    let rows = report.markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(!rows.contains { $0.contains("<script") || $0.contains("<img") })
  }

  @Test(
    "39: is no formula in CSV",
    arguments: [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
      ("\rx", "\"'\rx\""), ("＝1", "'＝1"), ("'=1", "''=1"), ("'quiet'", "'quiet'"), ("a=1", "a=1"),
      ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\r\nb", "\"a\r\nb\""),
    ])
  func csv(name: String, field: String) {
    let table = ReportTable(
      title: "", columns: [.init("name", "Name", .text), .init("usd", "USD", .money)],
      rows: [[.name(name), .money(Money(nanoUSD: -1))]])
    #expect(CSVRenderer.text(table) == "name,usd\n\(field),-0.000000001\n")
  }

  @Test("is a string in JSON")
  func json() {
    let text = JSONWriter.text(.string("\"\\\u{1B}[31m\u{202E}\u{7F}\n😀\u{E0041}"))
    #expect(text == "\"\\\"\\\\\\u001b[31m\\u202e\\u007f\\n😀\\udb40\\udc41\"\n")
  }

  @Test("40: is text on a page, shown with what it hides")
  func page() throws {
    let page = try NightlyReport(SampleTraffic.hostile.night()).page
      .replacing("<script>\(SortScript.text)</script>", with: "")
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("\u{202E}"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("\\u{202E}gnp."))
    #expect(page.components(closing: "</style>") == 1)
  }
}

extension String {
  fileprivate func components(closing tag: String) -> Int { ranges(of: tag).count }
}
