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
        "index.html", "report.md", "report.json", "summary.csv", "models.csv", "manifest.sha256",
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
  }

  @Test("joins the groups past its longest table, and still foots")
  func manyGroups() throws {
    var traffic = SampleTraffic()
    for index in 0..<100 {
      traffic.cells.append(
        .init(
          key: [.servedBy: "m/\(index)", .day: SampleTraffic.day.description],
          measures: Happening(primary: 1, serving: Int64(index)).measures))
    }
    let report = try NightlyReport(traffic.night())
    #expect(report.page.contains("60 others"))
    #expect(report.sections[1].data.rows.count == 100)
  }

  @Test("names the three changes that come to the most, and none that a week before had too")
  func changes() throws {
    let sample = SampleTraffic.fortnight
    func other(_ days: Int) -> NightlyFigures.Comparison {
      let shifted = sample.changed { cells in
        for index in cells.indices {
          guard let day = cells[index].key[.day].flatMap({ UTCDay($0) }) else { continue }
          cells[index].key[.day] = day.advanced(by: days).description
        }
      }
      return .init(
        name: "\(days) days before", byWorkflow: shifted.summary(by: [.workflow]),
        byTenant: shifted.summary(by: [.tenant]))
    }
    let night = try NightlyReport(sample.night(comparisons: [other(1), other(7)]))
    #expect(night.changes.count == 3)
    #expect(night.changes.map(\.weight) == night.changes.map(\.weight).sorted(by: >))
    let notice = night.notification(link: "reports/index.html")
    #expect(notice.split(separator: "\n").count == 6)
    for change in night.changes { #expect(notice.contains(change.text)) }
    // Held against the day itself, nothing changed.
    let same = try NightlyReport(sample.night(comparisons: [other(0), other(7)]))
    #expect(same.changes.isEmpty)
    #expect(same.notification(link: "x").contains("Nothing changed much."))
  }

  @Test("has a manifest of what SHA-256 its files have")
  func manifest() throws {
    // FIPS 180-4, and RFC 4648 of the same digest.
    #expect(
      SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256.base64(of: "") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    let files = try NightlyReport(SampleTraffic.fortnight.night()).files
    let lines = try #require(files.last?.text.split(separator: "\n"))
    #expect(lines.count == files.count - 1)
    for (line, file) in zip(lines, files) {
      #expect(line == "\(SHA256.hex(of: file.text))  \(file.name)")
    }
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
