/// A row in SQLite's record format (sqlite.org/fileformat2.html, section 2.1): a header with a serial
/// type for each value, then the values, numbers with the highest byte first and as short as they can be.
/// NULLs at the end are left out, as SQLite reads what a record does not have as NULL.
struct RecordBytes: ~Copyable {
  /// Values of one row at most, and their bytes: no text of a ledger is longer than a few thousand.
  private static let mostValues = 128
  private static let mostBytes = 60_000
  /// Numbers are stored eight bytes at a time, of which the last may be beyond what they need.
  private static let slack = 8

  private let types: UnsafeMutablePointer<UInt8>
  private let body: UnsafeMutableRawPointer
  private var typeBytes = 0
  /// Of them, up to the last value that is not NULL.
  private var keptTypeBytes = 0
  private var bodyBytes = 0

  init() {
    // The longest type of a text that fits takes three bytes.
    types = .allocate(capacity: 3 * Self.mostValues)
    body = .allocate(byteCount: Self.mostBytes + Self.slack, alignment: 8)
  }

  deinit {
    types.deallocate()
    body.deallocate()
  }

  @inline(__always)
  mutating func addNull() {
    precondition(typeBytes < 3 * Self.mostValues, Self.tooMany)
    types[typeBytes] = 0
    typeBytes &+= 1
  }

  @inline(__always)
  mutating func add(_ value: Int64) {
    // 0 and 1 are types of their own, without a byte.
    guard value >> 1 != 0 else { return add(type: 8 &+ UInt8(truncatingIfNeeded: value)) }
    let (type, count) = Self.form(of: value)
    add(type: type)
    precondition(bodyBytes <= Self.mostBytes - 8, Self.tooLong)
    let shifted = UInt64(bitPattern: value) << UInt64(64 &- 8 &* count)
    body.storeBytes(of: shifted.bigEndian, toByteOffset: bodyBytes, as: UInt64.self)
    bodyBytes &+= count
  }

  mutating func add(text: Span<UInt8>) { add(text, type: 13) }

  mutating func add(blob: Span<UInt8>) { add(blob, type: 12) }

  private mutating func add(_ bytes: Span<UInt8>, type: Int) {
    precondition(bytes.count <= Self.mostBytes - bodyBytes, Self.tooLong)
    precondition(typeBytes <= 3 * (Self.mostValues - 1), Self.tooMany)
    typeBytes += Self.store(varint: 2 * bytes.count + type, at: types + typeBytes)
    keptTypeBytes = typeBytes
    bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      (body + bodyBytes).copyMemory(from: start, byteCount: source.count)
    }
    bodyBytes += bytes.count
  }

  @inline(__always)
  private mutating func add(type: UInt8) {
    precondition(typeBytes < 3 * Self.mostValues, Self.tooMany)
    types[typeBytes] = type
    typeBytes &+= 1
    keptTypeBytes = typeBytes
  }

  private static let tooLong = "a row is longer than a page"
  private static let tooMany = "a row has too many values"

  /// The serial type of a number other than 0 and 1, and the bytes that it takes.
  @inline(__always)
  private static func form(of value: Int64) -> (type: UInt8, count: Int) {
    let bits = 65 &- (value ^ (value >> 63)).leadingZeroBitCount
    if bits <= 32 {
      let count = (bits &+ 7) >> 3
      return (UInt8(truncatingIfNeeded: count), count)
    }
    return bits <= 48 ? (5, 6) : (6, 8)
  }

  /// Bytes of the whole record.
  var count: Int { headerCount + bodyBytes }

  /// The header tells its own length first.
  private var headerCount: Int { keptTypeBytes < 127 ? keptTypeBytes + 1 : keptTypeBytes + 2 }

  /// Stores the record and forgets it.
  mutating func take(to target: UnsafeMutableRawPointer) {
    let length = Self.store(
      varint: headerCount, at: target.assumingMemoryBound(to: UInt8.self))
    (target + length).copyMemory(from: types, byteCount: keptTypeBytes)
    (target + length + keptTypeBytes).copyMemory(from: body, byteCount: bodyBytes)
    typeBytes = 0
    keptTypeBytes = 0
    bodyBytes = 0
  }

  /// Stores a number of one to nine bytes, seven bits a byte from the highest (section 1.6); how many.
  @inline(__always)
  static func store(varint value: Int, at target: UnsafeMutablePointer<UInt8>) -> Int {
    if value < 0x80 {
      target[0] = UInt8(truncatingIfNeeded: value)
      return 1
    }
    if value < 0x4000 {
      target[0] = UInt8(truncatingIfNeeded: value >> 7) | 0x80
      target[1] = UInt8(truncatingIfNeeded: value & 0x7F)
      return 2
    }
    let count = varintCount(value)
    var left = value
    for place in stride(from: count - 1, through: 0, by: -1) {
      target[place] = UInt8(truncatingIfNeeded: left & 0x7F) | (place == count - 1 ? 0 : 0x80)
      left >>= 7
    }
    return count
  }

  /// Numbers here are not negative and far below 2^56.
  @inline(__always)
  static func varintCount(_ value: Int) -> Int {
    value < 0x80 ? 1 : (64 - value.leadingZeroBitCount + 6) / 7
  }
}
