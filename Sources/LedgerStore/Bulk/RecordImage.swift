internal import CSQLite
internal import GRDB

/// A small SQLite database in memory, of one table and at most one index, whose pages are laid out here:
/// rows with rising numbers fill one leaf after the other (sqlite.org/fileformat2.html, section 1.6).
struct RecordImage: ~Copyable {
  /// An entry of the index: a number, and the row that has it.
  struct IndexEntry: Comparable {
    let value: Int64
    let row: Int64

    static func < (left: IndexEntry, right: IndexEntry) -> Bool {
      left.value != right.value ? left.value < right.value : left.row < right.row
    }
  }

  static let pageSize = 65_536
  /// Enough that a flush costs little a row, and little enough to stay in the processor's cache.
  private static let mostLeaves = 16
  /// Of an entry of the index: lengths, types, two numbers, its place.
  private static let mostEntryBytes = 23
  static let mostIndexed = (pageSize - 8) / mostEntryBytes

  private let bytes: UnsafeMutableRawPointer
  /// Pages of the schema and of the roots.
  private let fixedPages: Int
  private let tableRoot: Int
  private let indexRoot: Int?
  private var leaves = 0
  /// Of each leaf that is full the number of its last row.
  private var lastRows: [Int64] = []
  private var lastRow: Int64 = 0
  private var cells = 0
  /// Where the cells of the last leaf begin.
  private var top = pageSize

  /// - Parameters:
  ///   - table: of which the image has the definition.
  ///   - index: the one of its indexes that the image has too.
  ///   - database: which has the table.
  /// - Throws: `DatabaseError` if there is no such table.
  init(of table: String, index: String?, in database: Database) throws {
    let template = try Template(of: table, index: index, in: database)
    fixedPages = template.bytes.count / Self.pageSize
    tableRoot = template.tableRoot
    indexRoot = template.indexRoot
    bytes = .allocate(
      byteCount: template.bytes.count + Self.mostLeaves * Self.pageSize, alignment: 4_096)
    template.bytes.withUnsafeBytes { source in
      if let start = source.baseAddress {
        bytes.copyMemory(from: start, byteCount: source.count)
      }
    }
  }

  deinit { bytes.deallocate() }

  var isEmpty: Bool { leaves == 0 }

  private func page(_ number: Int) -> UnsafeMutableRawPointer {
    bytes + (number - 1) * Self.pageSize
  }

  /// Adds a row, which is forgotten there; false if the image has no room for it.
  mutating func append(_ record: inout RecordBytes, row: Int64) -> Bool {
    let count = record.count
    let size = RecordBytes.varintCount(count) + RecordBytes.varintCount(Int(row)) + count
    if leaves == 0 || 8 + 2 * (cells + 1) > top - size {
      guard leaves < Self.mostLeaves else { return false }
      if leaves > 0 {
        finishLeaf()
        lastRows.append(lastRow)
      }
      leaves += 1
      cells = 0
      top = Self.pageSize
    }
    top -= size
    let leaf = page(fixedPages + leaves)
    var at = (leaf + top).assumingMemoryBound(to: UInt8.self)
    at += RecordBytes.store(varint: count, at: at)
    at += RecordBytes.store(varint: Int(row), at: at)
    record.take(to: UnsafeMutableRawPointer(at))
    Self.store(UInt16(top), at: leaf + 8 + 2 * cells)
    cells += 1
    lastRow = row
    return true
  }

  private func finishLeaf() {
    Self.head(page(fixedPages + leaves), type: 0x0D, cells: cells, top: top)
  }

  /// Makes the image whole, with the entries of its index; its bytes until ``removeAll()``.
  mutating func finish(_ entries: [IndexEntry]) -> UnsafeMutableRawBufferPointer {
    finishLeaf()
    let root = page(tableRoot)
    if leaves == 1 {
      // A tree has no page above its only leaf.
      root.copyMemory(from: page(fixedPages + 1), byteCount: Self.pageSize)
    } else {
      var top = Self.pageSize
      for (place, last) in lastRows.enumerated() {
        top -= 4 + RecordBytes.varintCount(Int(last))
        Self.store(UInt32(fixedPages + 1 + place), at: root + top)
        _ = RecordBytes.store(
          varint: Int(last), at: (root + top + 4).assumingMemoryBound(to: UInt8.self))
        Self.store(UInt16(top), at: root + 12 + 2 * place)
      }
      Self.head(root, type: 0x05, cells: lastRows.count, top: top)
      Self.store(UInt32(fixedPages + leaves), at: root + 8)
    }
    if let indexRoot { fill(page(indexRoot), entries) }
    let pages = fixedPages + leaves
    // The size of the database, valid as long as the two counters of changes agree.
    Self.store(UInt32(pages), at: bytes + 28)
    bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self).withBytes { counter in
      (bytes + 92).copyMemory(from: counter, byteCount: 4)
    }
    return UnsafeMutableRawBufferPointer(start: bytes, count: pages * Self.pageSize)
  }

  private func fill(_ leaf: UnsafeMutableRawPointer, _ entries: [IndexEntry]) {
    precondition(entries.count <= Self.mostIndexed, "an index is larger than a page")
    var record = RecordBytes()
    var top = Self.pageSize
    for (place, entry) in entries.enumerated() {
      record.add(entry.value)
      record.add(entry.row)
      let count = record.count
      top -= count + 1
      (leaf + top).storeBytes(of: UInt8(count), as: UInt8.self)
      record.take(to: leaf + top + 1)
      Self.store(UInt16(top), at: leaf + 8 + 2 * place)
    }
    Self.head(leaf, type: 0x0A, cells: entries.count, top: top)
  }

  /// A database of no rows, of memory that SQLite frees; nil where there is none.
  func empty() -> UnsafeMutableRawBufferPointer? {
    let count = fixedPages * Self.pageSize
    guard let copy = sqlite3_malloc64(UInt64(count)) else { return nil }
    copy.copyMemory(from: bytes, byteCount: count)
    Self.head(copy + (tableRoot - 1) * Self.pageSize, type: 0x0D, cells: 0, top: Self.pageSize)
    if let indexRoot {
      Self.head(copy + (indexRoot - 1) * Self.pageSize, type: 0x0A, cells: 0, top: Self.pageSize)
    }
    Self.store(UInt32(fixedPages), at: copy + 28)
    return UnsafeMutableRawBufferPointer(start: copy, count: count)
  }

  mutating func removeAll() {
    leaves = 0
    cells = 0
    lastRows.removeAll(keepingCapacity: true)
  }

  /// The head of a page; 0 stands for a content that begins at the page's end, 65,536.
  private static func head(
    _ page: UnsafeMutableRawPointer, type: UInt8, cells: Int, top: Int
  ) {
    page.storeBytes(of: type, as: UInt8.self)
    store(UInt16(0), at: page + 1)
    store(UInt16(cells), at: page + 3)
    store(UInt16(truncatingIfNeeded: top), at: page + 5)
    page.storeBytes(of: 0, toByteOffset: 7, as: UInt8.self)
  }

  private static func store(_ value: UInt16, at target: UnsafeMutableRawPointer) {
    target.storeBytes(of: value.bigEndian, as: UInt16.self)
  }

  private static func store(_ value: UInt32, at target: UnsafeMutableRawPointer) {
    target.storeBytes(of: value.bigEndian, as: UInt32.self)
  }

  /// An empty database with the table, made by SQLite itself.
  private struct Template {
    private(set) var bytes: [UInt8] = []
    private(set) var tableRoot = 0
    private(set) var indexRoot: Int?

    init(of table: String, index: String?, in database: Database) throws {
      let definitions = try String.fetchAll(
        database,
        sql: """
          SELECT sql FROM main.sqlite_schema
          WHERE tbl_name = ? AND (type = 'table' OR name = ?) ORDER BY type = 'index'
          """, arguments: [table, index])
      let queue = try DatabaseQueue()
      try queue.writeWithoutTransaction { empty in
        try empty.execute(
          sql: "PRAGMA page_size = \(RecordImage.pageSize); PRAGMA auto_vacuum = 0")
        for definition in definitions { try empty.execute(sql: definition) }
        let roots = try Row.fetchAll(
          empty, sql: "SELECT rootpage, type FROM sqlite_schema WHERE rootpage > 0")
        for root in roots {
          if root[1] == "table" { tableRoot = root[0] } else { indexRoot = root[0] }
        }
        precondition(tableRoot > 0 && roots.count <= 2, "\(table) has no form for an image")
        guard let connection = empty.sqliteConnection else { return }
        var size: sqlite3_int64 = 0
        guard let image = sqlite3_serialize(connection, "main", &size, 0) else {
          throw DatabaseError(resultCode: .SQLITE_NOMEM)
        }
        bytes = [UInt8](UnsafeRawBufferPointer(start: image, count: Int(size)))
        sqlite3_free(image)
      }
    }
  }
}

extension UInt32 {
  /// Its bytes as they lie in memory.
  fileprivate func withBytes(_ body: (UnsafeRawPointer) -> Void) {
    withUnsafeBytes(of: self) { if let start = $0.baseAddress { body(start) } }
  }
}
