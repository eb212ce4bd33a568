internal import CSQLite

/// Rows on their way into a table: cells side by side, the bytes of texts and blobs in one stretch.
final class RowBuffer {
  /// A value of a row. Texts and blobs are stretches of ``bytes``.
  struct Cell {
    enum Kind: UInt8 { case null, integer, text, blob }

    /// The number, or where the bytes start.
    var value: Int64 = 0
    var count: Int32 = 0
    var kind = Kind.null
  }

  let width: Int
  private(set) var cells: [Cell] = []
  private(set) var bytes: [UInt8] = []

  init(width: Int, roomFor rows: Int) {
    self.width = width
    cells.reserveCapacity(rows * width)
  }

  /// Whole rows.
  var count: Int { cells.count / width }

  func add(_ value: Int64) { cells.append(Cell(value: value, kind: .integer)) }

  func addNull() { cells.append(Cell()) }

  func add(text: Span<UInt8>) { add(text, .text) }

  func add(blob: Span<UInt8>) { add(blob, .blob) }

  private func add(_ stretch: Span<UInt8>, _ kind: Cell.Kind) {
    cells.append(Cell(value: Int64(bytes.count), count: Int32(stretch.count), kind: kind))
    stretch.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  func removeAll() {
    cells.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }
}
