/// A figure that may be added to others of its place, in any order and in any engine:
/// `report TAB dimensions TAB measure TAB int64`.
package struct LongRow: Hashable, Sendable {
  /// What the figure is found by.
  package struct Place: Hashable, Sendable {
    package let report: String
    /// A compact JSON object; keys in the report's order, null for a value that requests do not have.
    package let dimensions: String
    package let measure: String

    package init(report: String, dimensions: String, measure: String) {
      self.report = report
      self.dimensions = dimensions
      self.measure = measure
    }
  }

  package let place: Place
  package let value: Int64

  package init(_ place: Place, _ value: Int64) {
    self.place = place
    self.value = value
  }

  /// Nil if the line is no such row.
  package init?(line: ArraySlice<UInt8>) {
    let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard cells.count == 4, cells[..<3].allSatisfy({ !$0.isEmpty }),
      let value = Int64(String(decoding: cells[3], as: UTF8.self)), cells[3].first != plus
    else { return nil }
    let texts = cells.map { String(decoding: $0, as: UTF8.self) }
    self.init(Place(report: texts[0], dimensions: texts[1], measure: texts[2]), value)
  }

  /// Without the end of the line.
  package var line: String {
    "\(place.report)\t\(place.dimensions)\t\(place.measure)\t\(value)"
  }
}

private let plus = UInt8(ascii: "+")

extension LongRow.Place: Comparable {
  /// By the bytes of report, dimensions and measure.
  package static func < (left: Self, right: Self) -> Bool {
    for (one, other) in [
      (left.report, right.report), (left.dimensions, right.dimensions),
      (left.measure, right.measure),
    ] where !one.utf8.elementsEqual(other.utf8) {
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
    return false
  }

  // Names are known by their bytes: to Swift's strings two spellings of `é` are one.

  package static func == (left: Self, right: Self) -> Bool {
    left.report.utf8.elementsEqual(right.report.utf8)
      && left.dimensions.utf8.elementsEqual(right.dimensions.utf8)
      && left.measure.utf8.elementsEqual(right.measure.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for text in [report, dimensions, measure] {
      for byte in text.utf8 { hasher.combine(byte) }
      hasher.combine(0xFF as UInt8)
    }
  }
}
