import ArgumentParser
import PolicyEngine
import Traffic
import Units
import Wording

/// A question typed by hand.
struct QuestionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What the request asks for.", valueName: "provider/model"),
    transform: Self.model)
  var primary: ModelID?

  @Option(
    help: ArgumentHelp("The class that the gateway gave.", valueName: "class"),
    transform: { try word($0, "class") })
  var trafficClass: TrafficClass?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var tenantID: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var tenantTier: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var userID: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var application: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var feature: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var workflow: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var assistantID: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var threadID: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var sessionID: String?

  @Option(help: ArgumentHelp("Of the request.", valueName: "name"))
  var environment: String?

  @Option(
    help: ArgumentHelp("Of the tenant's month; 0.83 is 83 %.", valueName: "ratio"),
    transform: Self.ratio)
  var utilisation: Ratio?

  @Flag(help: "The tenant's prepaid balance is spent.")
  var prepaidExhausted = false

  @Option(
    help: ArgumentHelp("Of this tenant in this class.", valueName: "usd"), transform: Self.money)
  var classSpendToday: Money?

  @Option(help: ArgumentHelp("Since the request began.", valueName: "ms"), transform: Self.count)
  var elapsedMs: Int64?

  @Option(help: ArgumentHelp("Of the session.", valueName: "count"), transform: Self.count)
  var sessionRequests: Int64?

  @Option(help: ArgumentHelp("Of the session, today.", valueName: "usd"), transform: Self.money)
  var sessionCost: Money?

  @Option(
    help: ArgumentHelp(
      "An attempt that failed: its step and kind, such as 0:rate_limited, with output tokens "
        + "1:stream_dropped:40; in order, once for each.", valueName: "step:kind"),
    transform: Self.failure)
  var failed: [Failed] = []

  struct Failed: Sendable {
    let step: Int
    let kind: FailureKind
    let outputTokens: Int64
  }

  /// Puts what was typed into a question. Failures come after the attempts that it has.
  func apply(to question: inout Question, under policy: Policy) throws {
    if let primary { question.primary = Route(model: primary) }
    if let trafficClass { question.givenClass = trafficClass }
    for (field, text) in [
      (AttributionField.tenant, tenantID), (.tier, tenantTier), (.user, userID),
      (.application, application), (.feature, feature), (.workflow, workflow),
      (.assistant, assistantID), (.thread, threadID), (.session, sessionID),
      (.environment, environment),
    ] {
      if let text { question.attribution[field] = text.isEmpty ? nil : Name(text) }
    }
    if let utilisation { question.budgetUtilisation = utilisation }
    if prepaidExhausted { question.isPrepaidExhausted = true }
    if let classSpendToday { question.classSpendToday = classSpendToday }
    if let elapsedMs { question.elapsedMilliseconds = elapsedMs }
    if let sessionRequests { question.sessionRequestsLastMinute = sessionRequests }
    if let sessionCost { question.sessionCostToday = sessionCost }

    let trafficClass = policy.classification(
      of: question.attribution, given: question.givenClass
    ).trafficClass
    let steps = policy.steps(of: trafficClass)
    for failure in failed {
      guard failure.step < steps.count else {
        throw ValidationError(
          "--failed \(failure.step):\(failure.kind.rawValue): `\(trafficClass.rawValue)` has the "
            + "steps 0 to \(steps.count - 1)")
      }
      guard let route = steps[failure.step].route(primary: question.primary) else {
        throw ValidationError(
          "--failed \(failure.step):\(failure.kind.rawValue): step \(failure.step) is "
            + "\(steps[failure.step].action.rawValue), which calls no model and cannot fail")
      }
      question.attempts.append(
        PastAttempt(
          step: failure.step, .failed(route, failure.kind, outputTokens: failure.outputTokens)))
    }
  }

  // MARK: reading

  private static func model(_ text: String) throws -> ModelID {
    guard let model = ModelID(text) else {
      throw ValidationError("`\(text)` names no model; write provider/model, as openai/gpt-5")
    }
    return model
  }

  private static func ratio(_ text: String) throws -> Ratio {
    let bytes = Array(text.utf8)
    do {
      let ratio = try Ratio(decimal: bytes.span)
      if !DecimalText.isNegative(bytes.span) { return ratio }
    } catch {
      // Said below.
    }
    throw ValidationError("`\(text)` is no ratio of 0 or more; 83 % is 0.83")
  }

  private static func money(_ text: String) throws -> Money {
    let bytes = Array(text.utf8)
    do {
      let money = try Money(decimalUSD: bytes.span)
      if !DecimalText.isNegative(bytes.span) { return money }
    } catch {
      // Said below.
    }
    throw ValidationError("`\(text)` is no amount of USD of 0 or more, such as 25 or 0.50")
  }

  private static func count(_ text: String) throws -> Int64 {
    guard let count = Int64(text), count >= 0 else {
      throw ValidationError("`\(text)` is no whole number of 0 or more")
    }
    return count
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ what: String
  ) throws -> Word {
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let hint = NearestWord.of(text, in: words).map { "did you mean `\($0)`? " } ?? ""
    throw ValidationError(
      "\(Phrase.quoted(text)) is no \(what); \(hint)there are \(Phrase.list(words, "and"))")
  }

  private static func failure(_ text: String) throws -> Failed {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, let step = Int(parts[0]), step >= 0 else {
      throw ValidationError("`\(text)` is no failure; write STEP:KIND, such as 0:rate_limited")
    }
    return Failed(
      step: step, kind: try word(parts[1], "kind of failure"),
      outputTokens: parts.count == 3 ? try count(parts[2]) : 0)
  }
}
