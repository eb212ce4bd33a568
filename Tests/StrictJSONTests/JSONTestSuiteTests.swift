import StrictJSON
import TestSupport
import Testing

@Suite("JSONTestSuite")
struct JSONTestSuiteTests {
  @Test(
    "26: every parsing case is taken or refused as it should be", arguments: JSONParsingCase.all)
  func parse(suite: JSONParsingCase) {
    var tape = JSONTape()
    var isTaken = true
    do { try tape.parse(suite.bytes) } catch { isTaken = false }
    #expect(isTaken == suite.isTaken)
  }

  @Test("26: all of them are there")
  func count() {
    #expect(JSONParsingCase.all.count == 318)
    #expect(JSONParsingCase.all.count { $0.name.hasPrefix("y_") } == 95)
    #expect(JSONParsingCase.all.count { $0.name.hasPrefix("n_") } == 188)
  }
}
