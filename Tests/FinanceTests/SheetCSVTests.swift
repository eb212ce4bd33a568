import Finance
import Testing

@Suite("Sheets that a spreadsheet opens")
struct SheetCSVTests {
  @Test(
    "a text that would be a formula, or a number that loses digits, is guarded",
    arguments: [
      ("=1+1", "'=1+1"), ("+49", "'+49"), ("-x", "'-x"), ("@cf/meta", "'@cf/meta"),
      ("\tx", "'\tx"), ("'=x", "''=x"), ("1234567890123456", "'1234567890123456"),
      ("0042", "'0042"), ("chat", "chat"), ("it's", "it's"), ("12", "12"),
      ("0", "0"), ("1e5", "'1e5"), ("4.10", "'4.10"), ("2026-10-01", "'2026-10-01"),
      ("3/4", "'3/4"), ("10:30", "'10:30"), (".5", "'.5"), ("'0042", "''0042"), ("'tis", "'tis"),
      ("7b-chat", "7b-chat"), ("＝x", "'＝x"),
    ])
  func guarded(text: String, cell: String) {
    #expect(SheetCSV.line([.text(text)]) == cell + "\r\n")
  }

  @Test("negative numbers stay numbers, and nothing is an empty cell")
  func numbers() {
    #expect(SheetCSV.line([.number("-0.50"), .none, .number("7")]) == "-0.50,,7\r\n")
  }

  @Test("commas, quotes and line ends stand in quotes")
  func quoted() {
    #expect(
      SheetCSV.line([.text("a,b"), .text("say \"x\""), .text("a\r\nb")])
        == "\"a,b\",\"say \"\"x\"\"\",\"a\r\nb\"\r\n")
  }
}
