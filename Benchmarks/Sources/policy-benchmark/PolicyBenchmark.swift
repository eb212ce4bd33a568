import CAllocations
import PolicyEngine

/// Measures a decision: time and allocations by itself, instructions under callgrind.
///
///     policy-benchmark                 a table
///     policy-benchmark SCENARIO N      asks one scenario N times and prints nothing, for callgrind
@main
struct PolicyBenchmark {
  static func main() throws {
    let policy = try FiveClass.policy()
    if CommandLine.arguments.count == 3, let index = Int(CommandLine.arguments[1]),
      let count = Int(CommandLine.arguments[2]), Scenario.all.indices.contains(index)
    {
      _ = ask(Scenario.all[index].question, count, policy)
      return
    }
    if CommandLine.arguments.dropFirst() == ["--list"] {
      for scenario in Scenario.all { print(scenario.name) }
      return
    }
    print("decision                               ns, best  ns, median  decisions/s  allocations")
    for scenario in Scenario.all { measure(scenario, policy) }
  }

  private static func measure(_ scenario: Scenario, _ policy: Policy) {
    let batch = 200_000
    _ = ask(scenario.question, batch, policy)
    let before = allocations_so_far()
    _ = ask(scenario.question, batch, policy)
    let allocations = Double(allocations_so_far() - before) / Double(batch)
    let clock = ContinuousClock()
    let times = (0..<15).map { _ -> Double in
      let time = clock.measure { _ = ask(scenario.question, batch, policy) }
      let (seconds, attoseconds) = time.components
      return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(batch)
    }.sorted()
    let median = times[times.count / 2]
    let name = scenario.name + String(repeating: " ", count: 36 - scenario.name.count)
    print(
      name, padded(decimal(times[0], places: 1), 10), padded(decimal(median, places: 1), 11),
      padded("\(Int(1e9 / median))", 12),
      padded(decimal(allocations, places: 3), 12))
  }

  /// How many of the answers run a step. The engine is called across modules, so no call is left out.
  @inline(never)
  private static func ask(_ question: Question, _ count: Int, _ policy: Policy) -> Int {
    var runs = 0
    for _ in 0..<count {
      do {
        if case .run = try policy.decide(question) { runs += 1 }
      } catch {
        return -1
      }
    }
    return runs
  }

  private static func decimal(_ value: Double, places: Int) -> String {
    let scale = places == 1 ? 10.0 : 1000.0
    let scaled = Int(value * scale + 0.5)
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
