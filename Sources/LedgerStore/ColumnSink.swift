/// Where the values of a row go, one after the other.
protocol ColumnSink: AnyObject {
  func add(_ value: Int64)
  func add(_ value: Int64?)
  func add(_ value: Bool)
  /// A number of a table; 0 stands for none.
  func add(optional id: Int64)
}

extension RawStatement: ColumnSink {}

/// Keeps values to compare them.
final class ColumnValues: ColumnSink {
  private(set) var values: [Int64?] = []

  func add(_ value: Int64) { values.append(value) }
  func add(_ value: Int64?) { values.append(value) }
  func add(_ value: Bool) { values.append(value ? 1 : 0) }
  func add(optional id: Int64) { values.append(id == 0 ? nil : id) }
}
