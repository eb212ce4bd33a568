import Pricing
import Traffic
import Units

/// A request in 64 bytes: with its line where it has only one, with the place of its lines where it has
/// several.
struct TraceRow: Sendable {
  var startedMilliseconds: Int64
  /// What the tenant pays if it is served.
  var revenueNanoUSD: Int64
  /// Of all its lines.
  var costNanoUSD: Int64
  /// The ledger's own number.
  var ledgerRow: UInt32
  /// Among ``Trace/kinds``.
  var kind: Int32
  /// 0 without one.
  var session: Int32
  /// While the trace is built among the notes of its part, then among ``Trace/standings``.
  var standing: Int32
  var latencyMilliseconds: Int32 = 0
  /// Of several lines: the place of the first among them all.
  var input: Int32 = 0
  var cachedInput: Int32 = 0
  var cacheWrite: Int32 = 0
  /// Of several lines: how many.
  var output: Int32 = 0
  var route: Int16 = -1
  var work = LineWork.success
  private var flags: UInt8

  init(
    startedMilliseconds: Int64, revenueNanoUSD: Int64, costNanoUSD: Int64, ledgerRow: UInt32,
    kind: Int32, session: Int32, standing: Int32, status: UInt8, isContext: Bool
  ) {
    self.startedMilliseconds = startedMilliseconds
    self.revenueNanoUSD = revenueNanoUSD
    self.costNanoUSD = costNanoUSD
    self.ledgerRow = ledgerRow
    self.kind = kind
    self.session = session
    self.standing = standing
    flags = status & 7 | (isContext ? 8 : 0)
  }

  /// Among all of `RequestStatus`.
  var status: UInt8 { flags & 7 }
  /// Outside the period asked for: it is booked as recorded and not counted.
  var isContext: Bool { flags & 8 != 0 }
  var hasSeveralLines: Bool { flags & 16 != 0 }

  /// The only line.
  var line: Trace.Line {
    Trace.Line(
      cost: Money(nanoUSD: costNanoUSD), latencyMilliseconds: latencyMilliseconds, input: input,
      cachedInput: cachedInput, cacheWrite: cacheWrite, output: output, route: route, work: work,
      isUnpriced: flags & 32 != 0)
  }

  mutating func set(only line: Trace.Line) {
    latencyMilliseconds = line.latencyMilliseconds
    input = line.input
    cachedInput = line.cachedInput
    cacheWrite = line.cacheWrite
    output = line.output
    route = line.route
    work = line.work
    if line.isUnpriced { flags |= 32 }
  }

  mutating func set(lines first: Int, count: Int) {
    input = Int32(first)
    output = Int32(count)
    flags |= 16
  }
}
