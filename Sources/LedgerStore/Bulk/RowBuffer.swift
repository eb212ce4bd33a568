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
  /// Room for all cells, and how many there are: an array would be asked for its room and its owners at
  /// every cell.
  private let cells: UnsafeMutablePointer<Cell>
  private let room: Int
  private(set) var cellCount = 0
  /// Nobody reads them while some are added.
  @exclusivity(unchecked) private var bytes: [UInt8] = []

  init(width: Int, roomFor rows: Int) {
    self.width = width
    room = rows * width
    cells = .allocate(capacity: room)
  }

  deinit { cells.deallocate() }

  /// Whole rows.
  var count: Int { cellCount / width }

  /// Where the cells and bytes stand, until more are added.
  var places: (cells: UnsafePointer<Cell>, bytes: UnsafePointer<UInt8>?) {
    (UnsafePointer(cells), bytes.withUnsafeBufferPointer(\.baseAddress))
  }

  func add(_ value: Int64) { append(Cell(value: value, kind: .integer)) }

  func addNull() { append(Cell()) }

  func add(text: Span<UInt8>) { add(text, .text) }

  func add(blob: Span<UInt8>) { add(blob, .blob) }

  private func add(_ stretch: Span<UInt8>, _ kind: Cell.Kind) {
    append(Cell(value: Int64(bytes.count), count: Int32(stretch.count), kind: kind))
    stretch.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  private func append(_ cell: Cell) {
    precondition(cellCount < room, "a buffer of rows is full")
    (cells + cellCount).initialize(to: cell)
    cellCount += 1
  }

  func removeAll() {
    cellCount = 0
    bytes.removeAll(keepingCapacity: true)
  }
}
