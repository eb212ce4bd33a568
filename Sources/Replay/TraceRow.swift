import Pricing
import Traffic
import Units

/// A request in 56 bytes: with its line where it has only one that fits, with the place of its lines
/// where it has several.
///
/// A line that fits has fewer than four million tokens, 524,288 of them output, and lasts less than two
/// hours, and is no probe; others stand among those of requests with several. An amount beyond 549 USD stands in
/// ``TraceColumns/wide``.
struct TraceRow: Sendable {
  /// Start 49, route and one 15.
  private var w0: UInt64
  /// Revenue 40, limit 24.
  private var w1: UInt64
  /// Cost 40, latency 24.
  private var w2: UInt64
  /// While the trace is built what the log says was spent, then by how much that differs from what the
  /// ledger had booked.
  private var w3: Int64
  /// Row 32, kind 32.
  private var w4: UInt64
  /// Session 32, output 19, work 6, flags 7.
  private var w5: UInt64
  /// Input 22, cached 22, cache write 20; of several lines the first of them 48, how many 16.
  private var w6: UInt64 = 0

  private enum Flag {
    static let isContext: UInt64 = 8
    static let hasSeveralLines: UInt64 = 16
    static let isUnpriced: UInt64 = 32
    static let isWide: UInt64 = 64
  }

  static let mostLimits = 1 << 24

  init(
    startedMilliseconds: Int64, ledgerRow: UInt32, kind: Int32, session: Int32, limit: Int,
    spentNanoUSD: Int64, status: UInt8, isContext: Bool
  ) {
    w0 = UInt64(bitPattern: startedMilliseconds) << 15
    w1 = UInt64(limit) & 0xFF_FFFF
    w2 = 0
    w3 = spentNanoUSD
    w4 = UInt64(ledgerRow) << 32 | UInt64(UInt32(bitPattern: kind))
    w5 =
      UInt64(UInt32(bitPattern: session)) << 32 | UInt64(status & 7)
      | (isContext ? Flag.isContext : 0)
  }

  var startedMilliseconds: Int64 { Int64(bitPattern: w0) >> 15 }

  /// Among ``Trace/limits``.
  var limit: Int {
    get { Int(w1 & 0xFF_FFFF) }
    set { w1 = w1 & ~0xFF_FFFF | UInt64(newValue) & 0xFF_FFFF }
  }

  /// While the trace is built the stated spend, ``Trace/noAmount`` where none is.
  var spentOffsetNanoUSD: Int64 {
    get { w3 }
    set { w3 = newValue }
  }

  /// The ledger's own number.
  var ledgerRow: UInt32 { UInt32(w4 >> 32) }

  /// Among ``Trace/kinds``; while the trace is built among those of its part.
  var kind: Int32 {
    get { Int32(bitPattern: UInt32(truncatingIfNeeded: w4)) }
    set { w4 = (w4 & ~0xFFFF_FFFF) | UInt64(UInt32(bitPattern: newValue)) }
  }

  /// 0 without one.
  var session: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: w5 >> 32)) }

  /// Among all of `RequestStatus`.
  var status: UInt8 { UInt8(truncatingIfNeeded: w5 & 7) }
  /// Outside the period asked for: it is booked as recorded and not counted.
  var isContext: Bool { w5 & Flag.isContext != 0 }
  var hasSeveralLines: Bool { w5 & Flag.hasSeveralLines != 0 }
  /// Its revenue and cost stand elsewhere.
  var isWide: Bool { w5 & Flag.isWide != 0 }

  // What the tenant pays if it is served, and what all its lines cost, where it is not wide.

  var revenueNanoUSD: Int64 { Int64(bitPattern: w1) >> 24 }
  var costNanoUSD: Int64 { Int64(bitPattern: w2) >> 24 }

  /// False where they do not fit.
  mutating func set(revenueNanoUSD revenue: Int64, costNanoUSD cost: Int64) -> Bool {
    w1 = UInt64(bitPattern: revenue) << 24 | w1 & 0xFF_FFFF
    w2 = UInt64(bitPattern: cost) << 24 | w2 & 0xFF_FFFF
    guard revenueNanoUSD == revenue, costNanoUSD == cost else {
      w5 |= Flag.isWide
      return false
    }
    return true
  }

  // The only line.

  var work: LineWork { LineWork(code: UInt8(truncatingIfNeeded: w5 >> 7 & 63)) }

  /// -1 for an action.
  var route: Int16 {
    get { Int16(truncatingIfNeeded: w0 & 0x7FFF) - 1 }
    set { w0 = w0 & ~0x7FFF | UInt64(newValue + 1) }
  }

  /// Of a row that is not wide.
  var line: Trace.Line {
    Trace.Line(
      cost: Money(nanoUSD: costNanoUSD),
      latencyMilliseconds: Int32(truncatingIfNeeded: w2 & 0xFF_FFFF),
      input: Int32(truncatingIfNeeded: w6 >> 42),
      cachedInput: Int32(truncatingIfNeeded: w6 >> 20 & 0x3F_FFFF),
      cacheWrite: Int32(truncatingIfNeeded: w6 & 0xF_FFFF),
      output: Int32(truncatingIfNeeded: w5 >> 13 & 0x7_FFFF), route: route, work: work,
      isUnpriced: w5 & Flag.isUnpriced != 0)
  }

  /// Takes a line as the only one; false where it does not fit.
  mutating func set(only line: Trace.Line) -> Bool {
    func fits(_ value: Int32, _ bits: Int32) -> Bool { value >= 0 && value >> bits == 0 }
    guard !isWide, !line.isProbe, fits(line.latencyMilliseconds, 24), fits(line.input, 22),
      fits(line.cachedInput, 22), fits(line.cacheWrite, 20), fits(line.output, 19),
      line.route < .max
    else { return false }
    route = line.route
    w2 |= UInt64(line.latencyMilliseconds)
    w5 |=
      UInt64(line.output) << 13 | UInt64(line.work.code) << 7
      | (line.isUnpriced ? Flag.isUnpriced : 0)
    w6 = UInt64(line.input) << 42 | UInt64(line.cachedInput) << 20 | UInt64(line.cacheWrite)
    return true
  }

  // Several lines: the place of the first among those of all requests, and how many.

  var firstLine: Int {
    get { Int(w6 >> 16) }
    set { w6 = UInt64(newValue) << 16 | w6 & 0xFFFF }
  }

  var lineCount: Int { Int(w6 & 0xFFFF) }

  mutating func set(lines first: Int, count: Int) {
    w6 = UInt64(first) << 16 | UInt64(count)
    w5 |= Flag.hasSeveralLines
  }
}

/// Room for the rows of a trace.
// Raw memory, of which the compiler can tell nothing: while a trace is built, each part and then each thread
// writes places of its own, and a trace that is built never changes.
final class TraceRows: @unchecked Sendable {
  private let rows: UnsafeMutablePointer<TraceRow>
  let count: Int

  init(count: Int) {
    self.count = count
    rows = .allocate(capacity: max(1, count))
  }

  deinit { rows.deallocate() }

  var indices: Range<Int> { 0..<count }

  subscript(place: Int) -> TraceRow {
    get {
      assert(indices.contains(place))
      return rows[place]
    }
    set {
      assert(indices.contains(place))
      rows[place] = newValue
    }
  }

  /// Some of them, in place.
  func slice(_ range: Range<Int>) -> UnsafeMutableBufferPointer<TraceRow> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeMutableBufferPointer(start: rows + range.lowerBound, count: range.count)
  }
}
