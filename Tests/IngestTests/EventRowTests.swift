import Scale
import TestSupport
import Testing
import Traffic
import Units

@testable import Ingest

@Suite("Rows for engines")
struct EventRowTests {
  private static let names = [
    "a", "é", "e\u{301}", "q\"uo\\te", "t\tab", "l\nine", "\u{1}", "!reject", "😀",
  ]

  /// An attempt in which each field is there or not.
  private func attempt(_ random: inout SeededGenerator) -> Attempt {
    func chance() -> Bool { random.next() % 2 == 0 }
    func name() -> Name { Name(Self.names[random.below(Self.names.count)]) }
    func number() -> Int64 { [0, 1, 7, .max, -5][random.below(5)] }
    func model() -> ModelID { ModelID(provider: name(), model: name()) }
    func money() -> Money? { chance() ? Money(nanoUSD: number()) : nil }
    var attribution = Attribution()
    for field in AttributionField.allCases where chance() { attribution[field] = name() }
    var attempt = Attempt(
      eventID: name(), requestID: name(), position: number(), index: chance() ? number() : nil,
      startedAt: Timestamp(milliseconds: number()), attribution: attribution,
      trafficClass: chance() ? .batch : nil,
      primary: chance() ? Route(model: model(), group: chance() ? name() : nil) : nil,
      action: chance() ? .model : .pause, route: chance() ? Route(model: model()) : nil,
      outcome: chance() ? .failure : nil)
    attempt.pricedAs = chance() ? model() : nil
    if chance() {
      attempt.failure = Failure(
        kind: .unknown, word: chance() ? name().text : nil, httpStatus: chance() ? number() : nil,
        message: chance() ? name().text : nil)
    }
    attempt.latencyMilliseconds = chance() ? number() : nil
    attempt.usage = Usage(
      input: number(), cachedInput: number(), cacheWrite: number(), output: number(),
      reasoning: number(),
      detail: UsageDetail(
        cacheWriteOneHour: number(), audioInput: number(), imageInput: number(),
        audioOutput: number(), imageOutput: number(), serviceTier: chance() ? .flex : nil))
    attempt.reportedCost = money()
    attempt.revenue = money()
    attempt.budget = BudgetSnapshot(limit: money(), spent: money(), prepaidBalance: money())
    attempt.decisionStep = chance() ? number() : nil
    attempt.decisionReason = chance() ? name().text : nil
    attempt.isRetry = chance()
    attempt.answeredAs = chance() ? model() : nil
    attempt.sharesContext = chance()
    return attempt
  }

  /// The only row of some bytes: its key and its JSON.
  private func row(_ bytes: [UInt8]) throws -> (key: String, json: ArraySlice<UInt8>) {
    let lines = bytes.split(separator: 0x0A)
    try #require(lines.count == 1 && bytes.last == 0x0A)
    let cells = lines[0].split(separator: 0x09, omittingEmptySubsequences: false)
    try #require(cells.count == 2)
    return (String(decoding: cells[0], as: UTF8.self), cells[1])
  }

  @Test("give back the very attempt", arguments: 0..<300 as Range<UInt64>)
  func attempts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let attempt = attempt(&random)
    var writer = EventRow()
    var bytes: [UInt8] = []
    writer.append(LogEntry(attempt), file: "a\tb \"c\"", line: 7, to: &bytes)
    let (key, json) = try row(bytes)
    #expect(key == TenantKey.of(attempt.attribution[.tenant]?.text))
    var reader = EventRowReader()
    let place = try reader.place(json)
    #expect(place.file == "a\tb \"c\"" && place.line == 7)
    guard case .entry(let entry) = try reader.read(json), case .attempt(let read) = entry.content
    else {
      Issue.record("no attempt came back")
      return
    }
    #expect(read == attempt)
  }

  @Test("give back what a log says of a request apart from its calls", arguments: [nil, "up"])
  func contexts(parent: String?) throws {
    let context = RequestContext(
      eventID: "e", requestID: "r", parentID: parent.map { Name($0) },
      startedAt: Timestamp(milliseconds: 5), attribution: Attribution([.feature: "f"]))
    var writer = EventRow()
    var bytes: [UInt8] = []
    writer.append(LogEntry(context), file: "a", line: 1, to: &bytes)
    let (key, json) = try row(bytes)
    #expect(key == TenantKey.none)
    var reader = EventRowReader()
    guard case .entry(let entry) = try reader.read(json), case .context(let read) = entry.content
    else {
      Issue.record("no context came back")
      return
    }
    #expect(read == context)
  }

  @Test("of another make are refused with what is wrong")
  func foreign() {
    var reader = EventRowReader()
    for (json, what) in [
      (#"{"file":"a","line":1}"#, "has no `event_id`"),
      (#"{"file":"a","line":1,"event_id":3}"#, "has a `event_id` that is no text"),
      (#"{"file":"a","line":1,"code":"x"}"#, "has no `reason`"), ("[]", "is no object"),
    ] {
      let error = #expect(throws: EventRowReader.Foreign.self) {
        try reader.read(Array(json.utf8)[...])
      }
      #expect(error?.what == what)
    }
  }
}
