import Foundation
import TestSupport
import Testing
import Units

/// What a FOCUS 1.2 export has to hold: by our own reading of the specification on every row, and by a
/// validator where there is one.
enum FocusConformance {
  /// Takes a file and ends with 0 if it conforms: what the environment names, else the FinOps
  /// Foundation's own validator where `scripts/setup` installed it.
  static let validator: [String]? = {
    if let named = ProcessInfo.processInfo.environment["FOCUS_CHECK"], !named.isEmpty {
      return [named]
    }
    let python = Repository.path(".build/focus/bin/python").path
    let mark = Repository.path(".build/focus/installed").path
    guard FileManager.default.fileExists(atPath: mark) else { return nil }
    return [python, Repository.path("scripts/focus-validate").path]
  }()

  static func check(_ file: URL, _ location: SourceLocation = #_sourceLocation) throws {
    let table = try Table(try Data(contentsOf: file))
    checkRows(table.rows, location)
    guard let validator, !table.rows.isEmpty else { return }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = validator + [file.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(
      process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))",
      sourceLocation: location)
  }

  private static let costs = ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost"]
  private static let categories: Set = ["Usage", "Purchase", "Adjustment", "Credit", "Tax"]
  private static let priced = [
    "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingUnit", "PricingCategory",
    "SkuId", "SkuPriceId",
  ]

  private static func checkRows(_ rows: [[String: String]], _ location: SourceLocation) {
    #expect(
      Set(rows.map { $0["InvoiceId"]?.isEmpty }).count < 2, "InvoiceId on some rows only",
      sourceLocation: location)
    #expect(
      Set(rows.map { $0["x_RowId"] }).count == rows.count, "two rows of one name",
      sourceLocation: location)
    for row in rows {
      if let fault = fault(row) { Issue.record("\(fault): \(row)", sourceLocation: location) }
    }
  }

  private static func fault(_ row: [String: String]) -> String? {
    func number(_ column: String) -> Int128? {
      let bytes = Array((row[column] ?? "").utf8)
      guard bytes.contains(UInt8(ascii: ".")), bytes.allSatisfy({ $0 < 0x3A }) else { return nil }
      return try? DecimalText.integer(in: bytes.span, places: 24)
    }
    let category = row["ChargeCategory"] ?? ""
    if !categories.contains(category) { return "no such category" }
    if costs.contains(where: { number($0) == nil }) { return "a cost is no plain decimal" }
    let isOwn = row.filter { !$0.key.hasPrefix("x_") }
    if !isOwn.values.allSatisfy({ $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }) {
      return "other than ASCII"
    }
    if category == "Credit", Set(costs.map { row[$0] }).count > 1 { return "costs disagree" }
    if row["ChargeClass"] == "Correction", row["x_CorrectsRowId"]?.isEmpty != false {
      return "corrects nothing"
    }
    guard category == "Usage" || category == "Purchase" else { return nil }
    if priced.contains(where: { row[$0]?.isEmpty != false }) { return "no price" }
    for kind in ["List", "Contracted"] {
      guard let price = number("\(kind)UnitPrice"), let quantity = number("PricingQuantity"),
        let cost = number("\(kind)Cost")
      else { return "a price is no plain decimal" }
      // At most nine digits of a quantity stand behind the point.
      let (high, low) = price.multipliedFullWidth(by: quantity / 1_000_000_000_000_000)
      let (wantedHigh, wantedLow) = cost.multipliedFullWidth(by: 1_000_000_000)
      if high != wantedHigh || low != wantedLow { return "price times quantity is not the cost" }
    }
    return nil
  }
}
