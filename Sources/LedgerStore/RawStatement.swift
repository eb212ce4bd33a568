internal import CSQLite
internal import GRDB
internal import Pricing
internal import Traffic

/// A prepared statement bound and stepped without boxing its values: rows are written faster than
/// through arguments in arrays. Used inside one access of a connection only.
final class RawStatement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer
  private let behind: WriteBehind?
  private var bound: Int32 = 0

  /// SQLite copies what it is given.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// - Throws: `DatabaseError` if the SQL does not compile.
  init(_ database: Database, _ sql: String) throws {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    behind = WriteBehind.of(database)
    try behind?.settle()
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    self.handle = handle
    self.connection = connection
  }

  deinit {
    behind?.wait()
    sqlite3_finalize(handle)
  }

  /// The SQL that enters a row by its columns.
  static func insert(into table: String, _ columns: [String]) -> String {
    let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
  }

  // Each call binds the next parameter, from the first.

  /// The place of the next parameter.
  private func next() -> Int32 {
    if bound == 0 { behind?.wait() }
    bound += 1
    return bound
  }

  func add(_ value: Int64) {
    sqlite3_bind_int64(handle, next(), value)
  }

  func add(_ value: Int64?) {
    guard let value else {
      sqlite3_bind_null(handle, next())
      return
    }
    add(value)
  }

  /// A number of a table; 0 is bound as NULL.
  func add(optional id: Int64) {
    let place = next()
    if id == 0 { sqlite3_bind_null(handle, place) } else { sqlite3_bind_int64(handle, place, id) }
  }

  /// Leaves the next parameters NULL.
  func skip(_ count: Int32) {
    for _ in 0..<count {
      sqlite3_bind_null(handle, next())
    }
  }

  /// Binds the last parameter, out of turn.
  func setLast(_ value: Bool) {
    sqlite3_bind_int64(handle, sqlite3_bind_parameter_count(handle), value ? 1 : 0)
  }

  func add(_ value: Bool) { add(Int64(value ? 1 : 0)) }

  /// A text in UTF-8.
  func add(text: Span<UInt8>) {
    let place = next()
    text.withUnsafeBytes { bytes in
      _ = sqlite3_bind_text(
        handle, place, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count),
        Self.transient)
    }
  }

  func add(blob: Span<UInt8>) {
    let place = next()
    blob.withUnsafeBytes { bytes in
      _ = sqlite3_bind_blob(
        handle, place, bytes.baseAddress, Int32(bytes.count), Self.transient)
    }
  }

  func add(_ value: [UInt8]) {
    let place = next()
    if value.isEmpty {
      sqlite3_bind_zeroblob(handle, place, 0)
    } else {
      _ = value.withUnsafeBytes {
        sqlite3_bind_blob(handle, place, $0.baseAddress, Int32($0.count), Self.transient)
      }
    }
  }

  /// Steps to the next row; false when there is none, and the statement is ready to be bound again.
  func step() throws -> Bool {
    try behind?.settle()
    return try advance()
  }

  private func advance() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW:
      return true
    case SQLITE_DONE:
      reset()
      return false
    case let code:
      let message = String(cString: sqlite3_errmsg(connection))
      reset()
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }

  /// Runs to the end.
  func run() throws { while try step() {} }

  /// Runs to the end as part of what ``WriteBehind`` does.
  func runBehind() throws { while try advance() {} }

  func reset() {
    sqlite3_reset(handle)
    bound = 0
  }

  // Columns count from 0.

  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func optionalInt(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL
      ? nil : sqlite3_column_int64(handle, column)
  }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
  }

  func isText(_ column: Int32, _ expected: Span<UInt8>) -> Bool {
    guard let bytes = sqlite3_column_text(handle, column) else { return false }
    let count = Int(sqlite3_column_bytes(handle, column))
    return expected.withUnsafeBufferPointer {
      UnsafeBufferPointer(start: bytes, count: count).elementsEqual($0)
    }
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func hasBytes(_ column: Int32) -> Bool {
    let type = sqlite3_column_type(handle, column)
    return type == SQLITE_TEXT || type == SQLITE_BLOB
  }

  func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }

  /// The bytes of a text or blob, which are there until the next step.
  func rawBytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let bytes = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(
      start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }
}

/// The numbers under which words with a fixed meaning are stored (schema 0001).
enum Code {
  static func of<Word: CaseIterable & Equatable>(_ word: Word) -> Int64 {
    var code: Int64 = 0
    for other in Word.allCases {
      if other == word { return code }
      code += 1
    }
    return code
  }

  // Those of every line and request, without a walk over all words.

  static func of(_ action: Action) -> Int64 {
    switch action {
    case .model: 0
    case .cachedResponse: 1
    case .defaultResponse: 2
    case .queue: 3
    case .pause: 4
    case .manualReview: 5
    case .reject: 6
    }
  }

  static func of(_ outcome: Outcome) -> Int64 { outcome == .success ? 0 : 1 }

  static func of(_ source: CostSource) -> Int64 {
    switch source {
    case .reported: 0
    case .catalog: 1
    case .unpriced: 2
    }
  }

  static func of(_ trafficClass: TrafficClass) -> Int64 {
    switch trafficClass {
    case .criticalUserFacing: 0
    case .nonCriticalUserFacing: 1
    case .internalAutomation: 2
    case .batch: 3
    case .experiment: 4
    }
  }

  static func of(_ status: RequestStatus) -> Int64 { Int64(status.place) }

  static func word<Word: CaseIterable>(_ type: Word.Type, _ code: Int64) -> Word?
  where Word.AllCases.Index == Int {
    Word.allCases.indices.contains(Int(code)) ? Word.allCases[Int(code)] : nil
  }
}
