/// Where the values of a row go, one after the other.
protocol ColumnSink: AnyObject {
  func add(_ value: Int64)
  func add(_ value: Int64?)
  func add(_ value: Bool)
  /// A number of a table; 0 stands for none.
  func add(optional id: Int64)
  /// A name in UTF-8.
  func add(name: Span<UInt8>)
}

/// Takes all values of a row in their order.
protocol RowSink: ColumnSink {
  /// A text in UTF-8.
  func add(text: Span<UInt8>)
  func add(blob: Span<UInt8>)
  /// Leaves the next values NULL.
  func skip(_ count: Int32)
}

extension RowSink {
  func add(_ value: String) {
    var value = value
    value.withUTF8 { add(text: $0.span) }
  }

  func add(_ value: String?) {
    if let value { add(value) } else { skip(1) }
  }
}

extension RawStatement: RowSink {}

/// Keeps values to compare them; of a name only that it is there.
final class ColumnValues: ColumnSink {
  private(set) var values: [Int64?] = []

  func add(_ value: Int64) { values.append(value) }
  func add(_ value: Int64?) { values.append(value) }
  func add(_ value: Bool) { values.append(value ? 1 : 0) }
  func add(optional id: Int64) { values.append(id == 0 ? nil : id) }
  func add(name: Span<UInt8>) { values.append(1) }
}
