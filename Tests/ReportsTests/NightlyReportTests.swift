import Pricing
@testable import Reports
import Testing
import Units

@Suite("A nightly report")
struct NightlyReportTests {
  @Test("is the same bytes each time, file by file")
  func golden() throws {
    let files = try NightlyReport(SampleTraffic.fortnight.night()).files
    #expect(try NightlyReport(SampleTraffic.fortnight.night()).files == files)
    #expect(
      files.map(\.name) == [
        "index.html", "report.md", "report.json", "summary.csv", "workflow-cost.csv",
        "downgrades.csv", "margin.csv",
      ])
    for file in files { Golden.expect(file.text, equals: "nightly/\(file.name)") }
  }

  @Test("of a day without requests, or of one that is the first, is a report all the same")
  func sparse() throws {
    let empty = try NightlyReport(SampleTraffic().night())
    #expect(empty.findings.map(\.what) == ["No request of this day is on record."])
    #expect(!empty.page.contains("0.000000001"), "an axis without amounts shows a dollar")
    let first = try NightlyReport(
      SampleTraffic.fortnight.changed {
        $0.removeAll { $0.key[.day] != SampleTraffic.day.description }
      }.night())
    #expect(first.page.contains("no figures for the day before"))
    #expect(first.figures.days == [SampleTraffic.day])
  }

  @Test("is refused where a grouping misses the day's totals")
  func footing() throws {
    let sample = SampleTraffic.fortnight
    let other = sample.changed { $0.removeLast() }
    let error = #expect(throws: ReportError.self) {
      try NightlyFigures(
        day: SampleTraffic.day, total: sample.summary(),
        byWorkflow: sample.summary(by: [.workflow]),
        byTenant: other.summary(by: [.tenant], days: 2),
        byClass: sample.summary(by: [.trafficClass]),
        byServed: sample.summary(by: [.servedBy]), byDay: sample.summary(by: [.day], days: 14),
        notes: [])
    }
    #expect(error?.description.hasPrefix("requests by tenant_id adds up to ") == true)
  }

  @Test("of a day on which all went to plan finds nothing to do")
  func calm() throws {
    var traffic = SampleTraffic()
    traffic.cells.append(
      .init(
        key: [.day: SampleTraffic.day.description],
        measures: Happening(primary: 3, serving: 30, plannedServed: 30).measures))
    let report = try NightlyReport(traffic.night())
    #expect(report.findings.isEmpty)
    #expect(report.page.contains("Nothing stands out."))
    #expect(report.markdown.contains("No request carries revenue"))
  }

  @Test("joins the groups past its longest table, and still foots")
  func manyGroups() throws {
    var traffic = SampleTraffic()
    for index in 0..<100 {
      traffic.cells.append(
        .init(
          key: [.workflow: "w\(index)", .day: SampleTraffic.day.description],
          measures: Happening(primary: 1, serving: Int64(index)).measures))
    }
    let report = try NightlyReport(traffic.night())
    #expect(report.page.contains("60 others"))
    #expect(report.sections[1].data.rows.count == 100)
  }

  @Test("asks for what is wrong, and never puts a name into a command")
  func findings() throws {
    let findings = try NightlyReport(SampleTraffic.hostile.night()).findings
    #expect(findings.count == 7)
    for command in findings.compactMap(\.command) {
      #expect(
        command.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || " -_,".contains($0)) })
    }
  }
}
