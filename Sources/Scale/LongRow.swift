/// A figure that may be added to others of its place, in any order and in any engine:
/// `report TAB dimensions TAB measure TAB int64`.
package struct LongRow: Hashable, Sendable {
  /// What the figure is found by, known by its bytes: to Swift's strings two spellings of `é` are one.
  package struct Place: Hashable, Sendable {
    /// `report TAB dimensions TAB measure`.
    package let text: String

    /// - Parameters:
    ///   - report: what the figure is of.
    ///   - dimensions: a compact JSON object; keys in the report's order, null for what requests do not have.
    ///   - measure: what is counted or summed.
    package init(report: String, dimensions: String, measure: String) {
      text = "\(report)\t\(dimensions)\t\(measure)"
    }

    fileprivate init(text: String) { self.text = text }
  }

  package let place: Place
  package let value: Int64

  package init(_ place: Place, _ value: Int64) {
    self.place = place
    self.value = value
  }

  /// Nil if the line is no such row.
  package init?(line: ArraySlice<UInt8>) {
    let tabs = line.indices.filter { line[$0] == tab }
    guard tabs.count == 3, tabs[0] > line.startIndex, tabs[1] > tabs[0] + 1, tabs[2] > tabs[1] + 1
    else { return nil }
    let number = line[(tabs[2] + 1)...]
    guard number.first != UInt8(ascii: "+"),
      let value = Int64(String(decoding: number, as: UTF8.self))
    else { return nil }
    self.init(Place(text: String(decoding: line[..<tabs[2]], as: UTF8.self)), value)
  }

  /// Without the end of the line.
  package var line: String { "\(place.text)\t\(value)" }
}

private let tab = UInt8(ascii: "\t")

extension LongRow.Place: Comparable {
  /// By the bytes of report, dimensions and measure: a tab comes before all that stands in them.
  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
