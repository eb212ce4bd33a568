import ArgumentParser
import LedgerStore
import PolicyAnalysis
import PolicyEngine
import Pricing
import Replay
import Reports
import Traffic
import Units

extension ReplayCommand {
  /// Tries a grid of policies on one reading of the traffic.
  func runSweep(_ base: Policy, _ reading: ReplayReader.Reading) throws {
    let sweep: Sweep
    do {
      sweep = try Sweep(base, try self.sweep.map(SweepArgument.read))
    } catch let error as UnitError {
      throw CommandFailure(CommandFailure.usage, "\(error.what); \(error.remedy)")
    }
    guard !sweep.candidates.isEmpty else {
      throw CommandFailure(
        CommandFailure.usage,
        "none of the \(sweep.refused.count) settings makes a valid policy; stages must rise")
    }
    let prepared = reading.prepared(
      for: [base] + sweep.candidates.map(\.policy), assuming: try assumed)
    let report = SweepReport(sweep, sweep.run(on: prepared), recorded: reading.recorded)
    try writePage(report.html)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.data))
    case .json: try Output.data(report.json)
    }
  }

  /// Looks for a cheaper policy.
  func runSuggest(_ base: Policy, _ reading: ReplayReader.Reading) throws {
    let prepared = reading.prepared(for: [base], assuming: try assumed)
    let totals = reading.recorded.totals
    let bounds = Suggestion.Bounds(
      leastServed: try percent(minServed, "--min-served")
        ?? Ratio(Money(nanoUSD: totals[.served]), of: Money(nanoUSD: totals[.requests])) ?? .zero,
      mostDowngraded: try percent(maxDowngraded, "--max-downgraded")
        ?? Ratio(Money(nanoUSD: totals[.downgraded]), of: Money(nanoUSD: totals[.requests]))
        ?? .whole)
    let suggestion = Suggestion(from: base, on: prepared, within: bounds)
    let report = SuggestionReport(
      suggestion, recorded: reading.recorded,
      difference: PolicyDifference(from: base, to: suggestion.policy))
    try writePage(report.page.html)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.table))
    case .json: try Output.data(report.json)
    }
  }

  /// A share of all requests, given in per cent.
  func percent(_ text: String?, _ option: String) throws -> Ratio? {
    guard let text else { return nil }
    let bytes = Array(text.utf8)
    do {
      let percent = try Ratio(decimal: bytes.span)
      guard percent >= .zero, percent.billionths <= 100 * Ratio.whole.billionths else {
        throw DecimalText.Failure.outOfRange
      }
      return Ratio(billionths: percent.billionths / 100)
    } catch {
      throw ValidationError("\(option) `\(text)` is no share; give per cent from 0 to 100")
    }
  }
}
