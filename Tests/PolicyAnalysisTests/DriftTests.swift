import PolicyAnalysis
import PolicyEngine
import PolicyFile
import Testing
import Traffic
import Units

/// What the tests of this target are about, in few words.
enum Sample {
  static let gpt5 = Route(model: ModelID(provider: "openai", model: "gpt-5"))
  static let mini = Route(model: ModelID(provider: "openai", model: "gpt-5-mini"))
  static let nano = Route(model: ModelID(provider: "openai", model: "gpt-5-nano"))
  static let opus = Route(model: ModelID(provider: "anthropic", model: "claude-opus-4"))

  static func fiveClass() throws -> Policy { try PolicyYAML.read(PolicyPreset.fiveClass.yaml) }

  static func attribution(_ names: [AttributionField: Name]) -> Attribution { Attribution(names) }

  /// A policy of one class, `batch`, with the given lines.
  static func policy(_ lines: String) throws -> Policy {
    try PolicyYAML.read(
      """
      version: 1
      default_class: batch
      models:
        openai/gpt-5: {grade: frontier}
        anthropic/claude-opus-4: {grade: frontier}
        openai/gpt-5-mini: {grade: balanced}
        openai/gpt-5-nano: {grade: low_cost}
      classes:
        batch: \(lines)
      """)
  }
}

@Suite("Drift of a recorded request")
struct DriftTests {
  private func drift(
    _ lines: [RecordedLine], from policy: Policy,
    _ change: (inout RecordedRequest) -> Void = { _ in }
  ) -> Drift? {
    var request = RecordedRequest(
      id: "r", attribution: Attribution(), primary: Sample.gpt5, lines: lines)
    change(&request)
    return request.drift(from: policy)
  }

  private static let timeout = RecordedLine.Work.failed(Sample.gpt5, .timeout)

  @Test("there is none where every line is what the policy says, logged refusal or not")
  func none() throws {
    let policy = try Sample.policy("{steps: [{model: primary}, {model: openai/gpt-5-mini}]}")
    let failed = RecordedLine.Work.failed(Sample.mini, .network)
    #expect(drift([RecordedLine(.succeeded(Sample.gpt5))], from: policy) == nil)
    #expect(
      drift([RecordedLine(Self.timeout), RecordedLine(.succeeded(Sample.mini))], from: policy)
        == nil)
    let gaveUp = [RecordedLine(Self.timeout), RecordedLine(failed)]
    #expect(drift(gaveUp, from: policy) == nil)
    #expect(drift(gaveUp + [RecordedLine(.acted(.reject))], from: policy) == nil)
  }

  @Test("another deployment of the same group is the same route")
  func groups() throws {
    let policy = try Sample.policy("{steps: [{model: primary}]}")
    let azure = Route(model: ModelID(provider: "azure", model: "gpt-5-eu"), group: "chat")
    let line = RecordedLine(.succeeded(azure))
    #expect(
      drift([line], from: policy) {
        $0.primary = Route(model: Sample.gpt5.model, group: "chat")
      } == nil)
    #expect(drift([line], from: policy)?.kind == .otherRoute)
  }

  @Test("two steps with one model are told apart by what is asked for")
  func sameModelTwice() throws {
    let policy = try Sample.policy(
      "{steps: [{model: openai/gpt-5}, {model: primary}, {action: queue}]}")
    #expect(
      drift(
        [
          RecordedLine(Self.timeout), RecordedLine(Self.timeout), RecordedLine(.acted(.queue)),
        ], from: policy) == nil)
    // The log may say which step it was; a step that it cannot have been is not believed.
    #expect(
      drift(
        [
          RecordedLine(Self.timeout, step: 9), RecordedLine(Self.timeout, step: 2),
          RecordedLine(.acted(.queue), step: 0),
        ], from: policy) == nil)
  }

  @Test("a request that was put off may go on, from its first step, or not")
  func putOff() throws {
    let policy = try Sample.policy(
      "{steps: [{model: primary}, {action: pause}], stop: {retry_budget: 1}}")
    let paused = [RecordedLine(Self.timeout), RecordedLine(.acted(.pause))]
    #expect(drift(paused, from: policy) == nil)
    #expect(drift(paused + [RecordedLine(.succeeded(Sample.gpt5))], from: policy) == nil)
    let pausedAgain = drift(
      paused + [RecordedLine(Self.timeout), RecordedLine(.acted(.pause))], from: policy)
    #expect(pausedAgain?.kind == .pastHardStop && pausedAgain?.line == 3)
  }

  @Test("time is the sum of the latencies so far")
  func elapsed() throws {
    let policy = try Sample.policy(
      "{steps: [{model: primary}], retries_per_step: 5, stop: {elapsed_ms: 1000}}")
    func lines(_ latency: Int64) -> [RecordedLine] {
      [
        RecordedLine(Self.timeout, latencyMilliseconds: 500),
        RecordedLine(Self.timeout, latencyMilliseconds: latency),
        RecordedLine(.succeeded(Sample.gpt5), cost: Money(nanoUSD: 7)),
      ]
    }
    #expect(drift(lines(499), from: policy) == nil)
    let late = try #require(drift(lines(500), from: policy))
    #expect(late.kind == .pastHardStop && late.line == 2 && late.burnt == Money(nanoUSD: 7))
    #expect(late.expected == .reject(.hardStop, in: .batch))
  }

  @Test("what is burnt is the cost from the first line on that the policy would not have written")
  func burnt() throws {
    let policy = try Sample.policy("{steps: [{model: primary}]}")
    let found = try #require(
      drift(
        [
          RecordedLine(.failed(Sample.gpt5, .contentPolicy), cost: Money(nanoUSD: 1)),
          RecordedLine(.failed(Sample.mini, .timeout), cost: Money(nanoUSD: 20)),
          RecordedLine(.succeeded(Sample.nano), cost: Money(nanoUSD: 300)),
        ], from: policy))
    #expect(found.kind == .retriedNonRetryable && found.burnt == Money(nanoUSD: 320))
  }

  @Test("never_downgrade is a floor, too")
  func neverDowngrade() throws {
    let policy = try Sample.fiveClass()
    let found = drift(
      [RecordedLine(Self.timeout), RecordedLine(.succeeded(Sample.mini))], from: policy
    ) { $0.attribution[.workflow] = "contract_review" }
    #expect(found?.kind == .belowFloor)
  }

  /// Plays a gateway that does what it is told, while providers do as the seed says.
  @Test("there is none in a gateway that asks the engine", arguments: 0..<300 as Range<UInt64>)
  func obedient(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let policy = try Sample.fiveClass()
    var request = RecordedRequest(
      id: "r",
      attribution: Sample.attribution([
        .workflow: ["support_chat", "contract_review", "other"][random.below(3)],
        .tier: ["pro", "free"][random.below(2)],
      ]), givenClass: TrafficClass.allCases[random.below(5)],
      primary: [Sample.gpt5, Sample.mini, Sample.nano][random.below(3)], lines: [])
    request.classSpendToday = Money(nanoUSD: Int64(24 + random.below(2)) * 1_000_000_000)
    var question = Question(
      attribution: request.attribution, givenClass: request.givenClass, primary: request.primary)
    question.classSpendToday = request.classSpendToday
    let utilisation = Ratio(billionths: Int64(random.below(11)) * 100_000_000)
    question.budgetUtilisation = utilisation
    while request.lines.count < 12 {
      let decision = try policy.decide(question)
      var line = RecordedLine(.acted(.reject), step: decision.stepIndex)
      if case .run(let step, _, _, _) = decision {
        if let route = step.route(primary: request.primary) {
          let kind = FailureKind.allCases[random.below(random.chance(4, in: 5) ? 6 : 14)]
          let fails = random.chance(3, in: 4)
          line.work =
            fails
            ? .failed(route, kind, outputTokens: Int64(random.below(2))) : .succeeded(route)
        } else if case .action(let action) = step.work {
          line.work = .acted(action)
        }
      }
      if random.chance(1, in: 2) { line.step = nil }
      line.latencyMilliseconds = Int64(random.below(20_000))
      line.standing = RecordedLine.Standing(budgetUtilisation: utilisation)
      request.lines.append(line)
      switch line.work {
      case .succeeded: break
      case .failed(let route, let kind, let tokens):
        question.attempts.append(
          PastAttempt(
            step: decision.stepIndex, .failed(route, kind, outputTokens: tokens)))
        question.elapsedMilliseconds += line.latencyMilliseconds
        continue
      case .acted(let action):
        question.attempts.append(PastAttempt(step: decision.stepIndex, .acted(action)))
        question.elapsedMilliseconds += line.latencyMilliseconds
        if action.suspends { continue }
      }
      break
    }
    #expect(request.drift(from: policy) == nil, "\(request)")

    // And the same request with a further call of a model does drift.
    request.lines.append(RecordedLine(.succeeded(Sample.nano)))
    if request.lines.count < 12 { #expect(request.drift(from: policy) != nil, "\(request)") }
  }
}

@Suite("The tally of drift")
struct DriftTallyTests {
  @Test("counts every request once and keeps the first examples")
  func counts() throws {
    let policy = try Sample.policy("{steps: [{model: primary}]}")
    var tally = DriftTally(examples: 2)
    for index in 0..<4 {
      tally.add(
        RecordedRequest(
          id: Name("r\(index)"), attribution: Attribution(), primary: Sample.gpt5,
          lines: [RecordedLine(.succeeded(Sample.mini), cost: Money(nanoUSD: 10))]),
        under: policy)
    }
    let sound = RecordedRequest(
      id: "s", attribution: Attribution(), primary: Sample.gpt5,
      lines: [RecordedLine(.succeeded(Sample.gpt5))])
    tally.add(sound, under: policy)
    tally.add(sound, under: nil)
    var probe = sound
    probe.isProbe = true
    tally.add(probe, under: policy)
    #expect(tally.probes == 1)
    #expect(tally.judged == 5 && tally.drifting == 4 && tally.following == 1)
    #expect(tally.withoutPolicy == 1)
    #expect(tally[.otherRoute].burnt == Money(nanoUSD: 40))
    #expect(tally[.otherRoute].examples.map(\.request.id) == ["r0", "r1"])
    #expect(tally[.belowFloor].requests == 0 && tally[.belowFloor].burnt == .zero)
  }
}

@Suite("The book of spend")
struct SpendBookTests {
  private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

  @Test("keeps months, days, classes and tenants apart")
  func apart() throws {
    var book = SpendBook()
    let one = Money(nanoUSD: 1)
    let evening = try Self.time("2026-10-31T23:59:59Z")
    book.advance(to: evening)
    book.note(limit: Money(nanoUSD: 9), of: "a")
    book.book(one, "a", in: .batch, session: "s", at: evening)
    book.book(one, "a", in: nil, session: nil, at: evening)
    #expect(book.spentThisMonth("a") == Money(nanoUSD: 2) && book.spentThisMonth("b") == .zero)
    #expect(
      book.spentToday("a", in: .batch) == one && book.spentToday("a", in: .experiment) == .zero)
    #expect(
      book.spentToday("a", session: "s") == one && book.spentToday("b", session: "s") == .zero)
    #expect(book.limit("a") == Money(nanoUSD: 9))

    let midnight = try Self.time("2026-11-01T00:00:00Z")
    book.advance(to: midnight)
    #expect(book.spentThisMonth("a") == .zero && book.spentToday("a", in: .batch) == .zero)
    #expect(book.limit("a") == nil)
    // A minute does not end at midnight.
    #expect(book.requestsLastMinute("a", session: "s", at: midnight) == 1)
  }

  @Test("counts a session's requests of the last minute, its start included")
  func minute() throws {
    var book = SpendBook()
    let start = try Self.time("2026-10-05T08:00:00Z")
    func after(_ milliseconds: Int64) -> Timestamp {
      Timestamp(milliseconds: start.milliseconds + milliseconds)
    }
    for milliseconds in [0, 1, 59_999, 60_000] as [Int64] {
      book.advance(to: after(milliseconds))
      book.book(.zero, "a", in: nil, session: "s", at: after(milliseconds))
    }
    #expect(book.requestsLastMinute("a", session: "s", at: after(60_000)) == 4)
    #expect(book.requestsLastMinute("a", session: "s", at: after(60_001)) == 3)
    #expect(book.requestsLastMinute("a", session: "s", at: after(120_001)) == 0)
  }

  @Test("counts a prepaid balance from the day it holds, over months")
  func prepaid() throws {
    var book = SpendBook()
    let october = try #require(UTCDay("2026-10-01"))
    let november = try #require(UTCDay("2026-11-15"))
    for (day, since) in [
      ("2026-10-05T08:00:00Z", october), ("2026-11-05T08:00:00Z", october),
      ("2026-11-20T08:00:00Z", november),
    ] {
      let time = try Self.time(day)
      book.advance(to: time)
      book.book(Money(nanoUSD: 5), "a", in: nil, session: nil, prepaid: since, at: time)
      let expected: Int64 = day.hasPrefix("2026-11-05") ? 10 : 5
      #expect(book.spentOfPrepaid("a", since: since) == Money(nanoUSD: expected))
    }
    #expect(book.spentOfPrepaid("a", since: october) == .zero)
  }
}
