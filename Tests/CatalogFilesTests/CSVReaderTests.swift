import CatalogFiles
import Testing

struct CSVReaderTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let text: String
    let records: [CSVRecord]
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ records: [(Int, [String])]) {
      self.name = name
      self.text = text
      self.records = records.map { CSVRecord(line: $0.0, fields: $0.1) }
    }
  }

  @Test(
    "rows are read as RFC 4180 has them, with the line each starts on",
    arguments: [
      Case("line feeds", "a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
      Case("CR LF", "a,b\r\nc,d\r\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
      Case("no newline at the end", "a,b\nc,d", [(1, ["a", "b"]), (2, ["c", "d"])]),
      Case("a byte-order mark", "\u{FEFF}a\n\u{FEFF}\n", [(1, ["a"]), (2, ["\u{FEFF}"])]),
      Case("empty fields", ",\n\"\",\n", [(1, ["", ""]), (2, ["", ""])]),
      Case("an empty last field, unended", "a,", [(1, ["a", ""])]),
      Case("quoted commas and quotes", "\"a,b\",\"c\"\"d\"\n", [(1, ["a,b", "c\"d"])]),
      Case("only a quote", "\"\"\"\"", [(1, ["\""])]),
      Case("quotes at both ends", "\"\"\"a\"\"\"", [(1, ["\"a\""])]),
      Case("a quoted last field, unended", "a,\"b\"", [(1, ["a", "b"])]),
      Case(
        "newlines in quotes", "\"a\nb\",c\r\n\"d\r\n\r\ne\",f\ng,h",
        [(1, ["a\nb", "c"]), (3, ["d\r\n\r\ne", "f"]), (6, ["g", "h"])]),
      Case("blank lines", "\n\r\na\n\n\r\nb\n\n", [(3, ["a"]), (6, ["b"])]),
      Case(
        "spaces belong to their field", " a , b\n  ,c\n", [(1, [" a ", " b"]), (2, ["  ", "c"])]),
      Case("beyond ASCII", "é,日本\n", [(1, ["é", "日本"])]),
      Case("nothing", "", []),
      Case("only a byte-order mark and blank lines", "\u{FEFF}\r\n\n", []),
    ])
  func records(_ example: Case) throws {
    let records = try CSVReader(Array(example.text.utf8)).map { try $0.get() }
    #expect(records == example.records)
  }

  @Test(
    "a row that breaks the rules is told by line, and the next is read",
    arguments: [
      (
        "a,b\nc\n1,2\n",
        "f:2: the row has 1 field where the header has 2; give each column one field, and quote a "
          + "field with a comma in it"
      ),
      (
        "a,b\n\"\n\",d,e\n1,2\n",
        "f:2: the row has 3 fields where the header has 2; give each column one field, and quote a "
          + "field with a comma in it"
      ),
      (
        "a,b\n\"x\ny\"z,d\n1,2\n",
        "f:3: text follows a closing quote; end the field there, and double a quote that belongs to "
          + "the text"
      ),
      (
        "a,b\nc,12\" disk\n1,2\n",
        "f:2: a quote stands inside a field that does not start with one; put the whole field in "
          + "quotes and double the quote"
      ),
      (
        "a,b\nc\rd\n1,2\n",
        "f:2: a carriage return stands without a line feed; end lines with LF or CR LF"
      ),
    ])
  func broken(text: String, message: String) throws {
    var results = Array(CSVReader(Array(text.utf8)))
    #expect(try results.removeFirst().get().fields == ["a", "b"])
    #expect(try results.removeLast().get().fields == ["1", "2"])
    let mistakes = results.compactMap { result -> FileMistake? in
      guard case .failure(let mistake) = result else { return nil }
      return mistake
    }
    #expect(mistakes.map { $0.text(in: "f") } == [message])
  }

  @Test("a quote that is never closed is told by the line that opens it, and ends the file")
  func unclosed() throws {
    let results = Array(CSVReader(Array("a,b\nc,\"d\ne,f\n".utf8)))
    #expect(results.count == 2)
    #expect(
      results.last
        == .failure(
          FileMistake(
            line: 2, what: "a quote opens here and is not closed",
            remedy: "close it, and double a quote that belongs to the text")))
  }

  @Test(
    "bytes that are not UTF-8 are told by line", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]])
  func encoding(bytes: [UInt8]) throws {
    let results = Array(CSVReader(Array("a,b\nc,".utf8) + bytes + Array("\n1,2\n".utf8)))
    #expect(
      results[1]
        == .failure(
          FileMistake(
            line: 2, what: "the bytes are not valid UTF-8", remedy: "save the file as UTF-8")))
    #expect(results[2] == .success(CSVRecord(line: 3, fields: ["1", "2"])))
  }
}
