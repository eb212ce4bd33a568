internal import CSQLite
internal import GRDB
internal import Glibc

/// The pages of a ledger's file as a connection's transaction sees them, read past SQLite's statements:
/// what a replay needs of a row is found in its record in a tenth of the time that stepping takes.
///
/// Only while nothing of the ledger stands in its write-ahead log. A connection that began to read then
/// holds a lock that keeps others from writing to the file itself (sqlite.org/walformat.html), whatever
/// they commit meanwhile. The file is read through the connection: closing another descriptor of it
/// would drop SQLite's locks.
final class LedgerPages {
  let pageSize: Int
  /// Of each page, without what is reserved at its end.
  let usableSize: Int
  /// No tree of the file has more.
  let count: Int
  private let file: UnsafeMutableRawPointer

  /// The connection must be in a transaction that has read; nil where its pages cannot be read so.
  init?(_ database: Database) {
    guard database.isInsideTransaction, let connection = database.sqliteConnection,
      let path = sqlite3_db_filename(connection, "main")
    else { return nil }
    var log = stat()
    guard stat(String(cString: path) + "-wal", &log) != 0 || log.st_size == 0 else { return nil }
    var whole = stat()
    guard stat(String(cString: path), &whole) == 0 else { return nil }
    guard let file = sqlite_file(connection) else { return nil }
    self.file = file
    var header: [UInt8] = Array(repeating: 0, count: 100)
    guard sqlite_file_read(file, &header, 100, 0) == SQLITE_OK,
      header.starts(with: Array("SQLite format 3\0".utf8))
    else { return nil }
    // 1 stands for 65,536.
    let size = Int(header[16]) << 8 | Int(header[17])
    pageSize = size == 1 ? 65_536 : size
    usableSize = pageSize - Int(header[20])
    guard pageSize >= 512, pageSize & (pageSize - 1) == 0, usableSize >= 480 else { return nil }
    count = Int(whole.st_size) / pageSize
  }

  /// Pages count from 1.
  func read(_ first: UInt32, count: Int = 1, into buffer: UnsafeMutableRawPointer) throws {
    guard first > 0 else { throw Self.damage }
    let code = sqlite_file_read(
      file, buffer, Int32(count * pageSize), sqlite3_int64(first - 1) * sqlite3_int64(pageSize))
    guard code == SQLITE_OK else {
      throw code == SQLITE_CORRUPT
        ? Self.damage : DatabaseError(resultCode: ResultCode(rawValue: code))
    }
  }

  /// As SQLite says it.
  static var damage: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "database disk image is malformed")
  }
}

/// Big-endian numbers of the file format.
extension UnsafeRawPointer {
  func two(_ offset: Int) -> Int {
    Int(UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  func four(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// A number of one to nine bytes; moves behind it. Nine bytes must be readable.
  mutating func variable() -> UInt64 {
    let first = load(as: UInt8.self)
    if first < 0x80 {
      self += 1
      return UInt64(first)
    }
    var value = UInt64(first & 0x7F)
    for place in 1..<8 {
      let byte = load(fromByteOffset: place, as: UInt8.self)
      value = value << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 {
        self += place + 1
        return value
      }
    }
    value = value << 8 | UInt64(load(fromByteOffset: 8, as: UInt8.self))
    self += 9
    return value
  }
}
