import CatalogFiles
import Testing

struct FileMistakesTests {
  @Test("a mistake prints as file, line, what is wrong and what to do")
  func prints() {
    let mistake = FileMistake(
      line: 7, what: "the price -0.5 is negative", remedy: "give 0 or more")
    #expect(
      mistake.text(in: "prices.csv") == "prices.csv:7: the price -0.5 is negative; give 0 or more")
  }

  @Test("a mistake of the whole file has no line")
  func wholeFile() {
    let mistake = FileMistake(line: nil, what: "the file is empty", remedy: "fill it")
    #expect(mistake.text(in: "prices.csv") == "prices.csv: the file is empty; fill it")
  }

  @Test("mistakes come by line, those of one line in the order they were found")
  func order() {
    let mistakes = FileMistakes(
      file: "f", [(9, "a"), (2, "b"), (9, "c"), (nil, "d")].map { mistake($0.0, $0.1) })
    #expect(mistakes.mistakes.map(\.what) == ["d", "b", "a", "c"])
  }

  @Test("at most a hundred are listed and the rest counted")
  func limit() {
    let all = (1...102).map { mistake($0, "x") }
    #expect(FileMistakes(file: "f", all).mistakes.count == 102)
    let lines = FileMistakes(file: "f", all).description.split(separator: "\n")
    #expect(lines.count == 101)
    #expect(lines.last == "f: 2 more mistakes")
    #expect(
      FileMistakes(file: "f", Array(all.dropLast())).description.hasSuffix(": 1 more mistake"))
    #expect(FileMistakes(file: "f", Array(all.prefix(100))).description.hasSuffix("f:100: x; y"))
  }

  @Test("what is quoted from a file cannot command a terminal or flood it")
  func printable() {
    #expect(mistake(1, "`\u{1B}[2J\n`").what == "`\\u{1b}[2J\\u{a}`")
    #expect(mistake(1, String(repeating: "x", count: 1_000_000)).what.count == 401)
  }

  private func mistake(_ line: Int?, _ what: String) -> FileMistake {
    FileMistake(line: line, what: what, remedy: "y")
  }
}
