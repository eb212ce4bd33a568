internal import GRDB

/// Walks the rows of a table by its pages, in the order of their row ids, and reads some columns of each:
/// integers, texts and blobs (sqlite.org/fileformat2.html).
struct TableRows {
  private let pages: LedgerPages
  private let root: UInt32
  /// By its place in a record, which column of ``RowValues`` it is; -1 where it is not asked for.
  private let columns: [Int8]
  /// A bit for each column of ``RowValues`` that has texts or blobs.
  private let withBytes: UInt64
  /// The column of the row id; -1 where it is not asked for.
  private let idColumn: Int

  /// Pages that are read at once where they lie beside each other.
  private static let run = 32
  /// Behind what is read, so that eight bytes can be loaded anywhere in it.
  private static let padding = 16

  private enum PageKind {
    static let interior: UInt8 = 5
    static let leaf: UInt8 = 13
  }

  /// - Parameters:
  ///   - database: in a transaction that has read.
  ///   - pages: of the same connection.
  ///   - table: with row ids.
  ///   - names: of columns; an empty one stands for a column that is not read.
  ///   - texts: those of them that have texts or blobs, where the others have integers.
  /// - Throws: as SQLite does for a damaged file.
  init(
    _ database: Database, _ pages: LedgerPages, table: String, _ names: [String],
    texts: Set<String> = []
  ) throws {
    self.pages = pages
    let find = try RawStatement(
      database, "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = '\(table)'")
    guard try find.step(), let root = UInt32(exactly: find.int(0)) else { throw LedgerPages.damage }
    find.reset()
    self.root = root
    // A generated column is not in the record; the row id has its place there, empty.
    let all = try RawStatement(
      database, "SELECT name, pk, hidden FROM pragma_table_xinfo('\(table)') ORDER BY cid")
    var columns: [Int8] = []
    var idColumn = -1
    while try all.step() {
      guard all.int(2) == 0 else { continue }
      let column = names.firstIndex(of: all.text(0)) ?? -1
      if all.int(1) > 0 {
        idColumn = column
        columns.append(-1)
      } else {
        columns.append(Int8(column))
      }
    }
    while columns.last == -1 { columns.removeLast() }
    self.columns = columns
    self.idColumn = idColumn
    withBytes = names.enumerated().reduce(0) {
      texts.contains($1.element) ? $0 | 1 << UInt64($1.offset) : $0
    }
  }

  /// - Throws: as SQLite does for a damaged file, and what `body` throws.
  func forEach(_ range: ClosedRange<Int64>, _ body: (RowValues) throws -> Void) throws {
    let leaves = try leaves(range)
    let values = RowValues()
    let size = pages.pageSize
    let buffer = UnsafeMutableRawPointer.allocate(
      byteCount: Self.run * size + Self.padding, alignment: 16)
    buffer.initializeMemory(as: UInt8.self, repeating: 0, count: Self.run * size + Self.padding)
    defer { buffer.deallocate() }
    var first = 0
    while first < leaves.count {
      var next = first + 1
      while next < leaves.count, next - first < Self.run,
        leaves[next] == leaves[first] + UInt32(next - first)
      { next += 1 }
      try pages.read(leaves[first], count: next - first, into: buffer)
      for place in 0..<next - first {
        try leaf(UnsafeRawPointer(buffer) + place * size, range, values, body)
      }
      first = next
    }
  }

  /// The leaves that may have rows of a range, in order.
  private func leaves(_ range: ClosedRange<Int64>) throws -> [UInt32] {
    let page = UnsafeMutableRawPointer.allocate(
      byteCount: pages.pageSize + Self.padding, alignment: 16)
    page.initializeMemory(as: UInt8.self, repeating: 0, count: pages.pageSize + Self.padding)
    defer { page.deallocate() }
    var level = [root]
    // Every leaf is as deep as the others; forty levels hold more than a file can.
    for _ in 0..<40 {
      guard let first = level.first else { return [] }
      try pages.read(first, into: page)
      if page.load(as: UInt8.self) == PageKind.leaf { return level }
      var next: [UInt32] = []
      for (place, number) in level.enumerated() {
        if place > 0 { try pages.read(number, into: page) }
        try children(UnsafeRawPointer(page), range, &next)
        guard next.count <= pages.count else { throw LedgerPages.damage }
      }
      level = next
    }
    throw LedgerPages.damage
  }

  private func children(
    _ page: UnsafeRawPointer, _ range: ClosedRange<Int64>, _ children: inout [UInt32]
  ) throws {
    let count = page.two(3)
    guard page.load(as: UInt8.self) == PageKind.interior, 12 + 2 * count <= pages.usableSize else {
      throw LedgerPages.damage
    }
    for place in 0..<count {
      let offset = page.two(12 + 2 * place)
      guard offset + 5 <= pages.usableSize else { throw LedgerPages.damage }
      var key = page + offset + 4
      // The child's rows have ids up to this one.
      let last = Int64(bitPattern: key.variable())
      if last >= range.lowerBound { children.append(page.four(offset)) }
      if last >= range.upperBound { return }
    }
    children.append(page.four(8))
  }

  private func leaf(
    _ page: UnsafeRawPointer, _ range: ClosedRange<Int64>, _ values: RowValues,
    _ body: (RowValues) throws -> Void
  ) throws {
    let count = page.two(3)
    let usable = pages.usableSize
    guard page.load(as: UInt8.self) == PageKind.leaf, 8 + 2 * count <= usable else {
      throw LedgerPages.damage
    }
    for place in 0..<count {
      let offset = page.two(8 + 2 * place)
      guard offset + 4 <= usable else { throw LedgerPages.damage }
      var at = page + offset
      let length = at.variable()
      let id = Int64(bitPattern: at.variable())
      guard range.contains(id) else { continue }
      guard length < 1 << 31 else { throw LedgerPages.damage }
      if length <= usable - 35 {
        guard at + Int(length) <= page + usable else { throw LedgerPages.damage }
        try read(at, Int(length), into: values)
      } else {
        try long(at, Int(length), page + usable, into: values)
      }
      if idColumn >= 0 { values.set(idColumn, id) }
      try body(values)
    }
  }

  /// A record that goes on in other pages.
  private func long(
    _ start: UnsafeRawPointer, _ length: Int, _ end: UnsafeRawPointer, into values: RowValues
  ) throws {
    let usable = pages.usableSize
    let least = (usable - 12) * 32 / 255 - 23
    var own = least + (length - least) % (usable - 4)
    if own > usable - 35 { own = least }
    guard start + own + 4 <= end else { throw LedgerPages.damage }
    let whole = values.room(length + pages.pageSize + Self.padding)
    whole.copyMemory(from: start, byteCount: own)
    var next = start.four(own)
    let page = UnsafeMutableRawPointer.allocate(byteCount: pages.pageSize, alignment: 16)
    defer { page.deallocate() }
    while own < length {
      try pages.read(next, into: page)
      let part = min(length - own, usable - 4)
      (whole + own).copyMemory(from: page + 4, byteCount: part)
      own += part
      next = UnsafeRawPointer(page).four(0)
    }
    (whole + length).initializeMemory(as: UInt8.self, repeating: 0, count: Self.padding)
    try read(whole, length, into: values)
  }

  /// A record: the kind of each column, then their contents.
  private func read(_ start: UnsafeRawPointer, _ length: Int, into values: RowValues) throws {
    var kinds = start
    let header = kinds.variable()
    guard header <= length else { throw LedgerPages.damage }
    var content = start + Int(header)
    let (headerEnd, end) = (content, start + length)
    var present: UInt64 = 0
    try columns.withUnsafeBufferPointer { columns in
      var field = 0
      let numbers = values.numbers
      while field < columns.count, kinds < headerEnd {
        let kind = kinds.variable()
        let size = kind < 12 ? Int(Self.sizes >> (4 * kind) & 15) : Int((kind - 12) >> 1)
        guard size <= end - content else { throw LedgerPages.damage }
        let column = columns[field]
        if column >= 0, kind > 0 {
          if withBytes >> UInt64(column) & 1 == 1 {
            guard kind >= 12 else { throw LedgerPages.damage }
            numbers[Int(column)] = Int64(Int(bitPattern: content))
            values.kinds[Int(column)] = kind
          } else {
            guard kind < 10, kind != 7 else { throw LedgerPages.damage }
            // The bytes of an integer begin with the greatest.
            let bytes = UInt64(bigEndian: content.loadUnaligned(as: UInt64.self))
            numbers[Int(column)] =
              kind < 7 ? Int64(bitPattern: bytes) >> Int64(64 - 8 * size) : Int64(kind) - 8
          }
          present |= 1 << UInt64(column)
        }
        content += size
        field += 1
      }
    }
    values.present = present
  }

  /// Of the kinds 0 to 9, four bits each: NULL; 1, 2, 3, 4, 6 and 8 bytes; a float; 0; 1.
  private static let sizes: UInt64 = 0x00_8864_3210
}

/// Some columns of a row: integers, texts and blobs, or NULL.
final class RowValues {
  static let most = 64
  /// Of a text or a blob the address of its bytes.
  fileprivate let numbers: UnsafeMutablePointer<Int64>
  /// Of a text or a blob its kind in the record, which tells how long it is.
  fileprivate let kinds: UnsafeMutablePointer<UInt64>
  fileprivate var present: UInt64 = 0
  /// A record that stands on several pages.
  private var whole: UnsafeMutableRawPointer?

  init() {
    numbers = .allocate(capacity: Self.most)
    numbers.initialize(repeating: 0, count: Self.most)
    kinds = .allocate(capacity: Self.most)
    kinds.initialize(repeating: 0, count: Self.most)
  }

  deinit {
    numbers.deallocate()
    kinds.deallocate()
    whole?.deallocate()
  }

  /// Room for a record, until the next is asked for.
  fileprivate func room(_ bytes: Int) -> UnsafeMutableRawPointer {
    whole?.deallocate()
    let room = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
    whole = room
    return room
  }

  func clear() { present = 0 }

  func set(_ column: Int, _ value: Int64) {
    numbers[column] = value
    present |= 1 << UInt64(column)
  }

  func isNull(_ column: Int) -> Bool { present >> UInt64(column) & 1 == 0 }

  /// 0 for NULL.
  func int(_ column: Int) -> Int64 { isNull(column) ? 0 : numbers[column] }

  func optionalInt(_ column: Int) -> Int64? { isNull(column) ? nil : numbers[column] }

  /// The bytes of a column of texts or blobs, which are there until the next row; nil for NULL.
  func bytes(_ column: Int) -> (bytes: UnsafeRawBufferPointer, isText: Bool)? {
    guard !isNull(column) else { return nil }
    let start = UnsafeRawPointer(bitPattern: Int(numbers[column]))
    let count = Int((kinds[column] - 12) >> 1)
    return (UnsafeRawBufferPointer(start: start, count: count), kinds[column] & 1 == 1)
  }

  fileprivate func set(_ column: Int, _ bytes: UnsafeRawBufferPointer, isText: Bool) {
    set(column, Int64(Int(bitPattern: bytes.baseAddress)))
    kinds[column] = UInt64(2 * bytes.count + (isText ? 13 : 12))
  }

  /// Takes the columns of a statement's row in their order.
  func take(_ row: RawStatement, columns: Int) {
    clear()
    for column in 0..<columns {
      let place = Int32(column)
      if row.hasBytes(place) {
        set(column, row.rawBytes(place), isText: row.isText(place))
      } else if let value = row.optionalInt(place) {
        set(column, value)
      }
    }
  }
}
