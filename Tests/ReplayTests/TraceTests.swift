import Pricing
import Testing
import Traffic
import Units

@testable import Replay

struct TraceTests {
  /// Requests of two tenants in parts: when each started, whose it is, and how many lines it has.
  private func trace(
    _ parts: [[(row: Int64, started: Int64, tenant: Int, lines: Int)]],
    names: [Int64: Name] = [:]
  ) -> Trace {
    var builder = TraceBuilder(fields: [])
    let route = builder.route(Route(model: ModelID(provider: "p", model: "m")))
    let profile = builder.profile(Attribution(), given: nil, primary: route)
    let tenants = ["b", "a"].map { builder.tenant($0, nil) }
    let kinds = tenants.map { tenant in
      builder.kind(
        tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    }
    let counts = parts.map { rows in
      tenants.indices.map { tenant in rows.count { $0.tenant == tenant } }
    }
    for (rows, empty) in zip(parts, builder.parts(counts, tenants: tenants)) {
      var part = empty
      for row in rows {
        part.add(
          TracePart.Request(
            row: row.row, startedMilliseconds: row.started, kind: Int32(row.tenant),
            tenant: row.tenant, session: 0, revenueNanoUSD: row.row, status: 0, isContext: false,
            plannedNanoUSD: nil),
          (0..<row.lines).map { place in
            TraceBuilder.Line(
              Trace.Line(
                cost: Money(nanoUSD: 10 * row.row + Int64(place)), latencyMilliseconds: 1, input: 1,
                cachedInput: 0, cacheWrite: 0, output: 1, route: 0,
                work: place + 1 == row.lines ? .success : .failure(.timeout), isUnpriced: false))
          })
      }
      builder.add(part, kinds: kinds, routes: [Int16(route)])
    }
    return builder.build { _ in names }
  }

  @Test("a request with one line takes 56 bytes")
  func size() {
    #expect(MemoryLayout<TraceRow>.stride == 56)
    #expect(MemoryLayout<Trace.Line>.stride == 32)
  }

  @Test("requests stand by tenant, then by start, then by id, whatever came first")
  func order() {
    let trace = trace(
      [
        [(1, 50, 0, 1), (2, 10, 1, 2), (3, 40, 0, 1)],
        [(4, 40, 0, 3), (5, 5, 1, 1)],
      ], names: [3: "z", 4: "y"])
    // Tenant `a` has number 1. Rows 3 and 4 start together: `y` comes before `z`.
    #expect(trace.indices.map { trace.row($0) } == [5, 2, 4, 3, 1])
    #expect(trace.ofTenant == [0..<2, 2..<5])
    #expect(trace.request(2).lines.map { trace.line($0).cost.nanoUSD } == [40, 41, 42])
    #expect(trace.request(1).lines.map { trace.line($0).cost.nanoUSD } == [20, 21])
    #expect(trace.request(0).lines.map { trace.line($0).cost.nanoUSD } == [50])
    #expect(trace.indices.map { trace.request($0).cost.nanoUSD } == [50, 41, 123, 30, 10])
  }

  @Test("in how many parts it comes makes no difference", arguments: 0..<20 as Range<UInt64>)
  func parts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = (1...60).map { row in
      (
        row: Int64(row), started: Int64.random(in: 0..<40, using: &random),
        tenant: Int.random(in: 0...1, using: &random), lines: Int.random(in: 1...3, using: &random)
      )
    }
    let cut = Int.random(in: 0...60, using: &random)
    let whole = trace([rows])
    let halves = trace([Array(rows[..<cut]), Array(rows[cut...])])
    #expect(whole.indices.map(whole.row) == halves.indices.map(halves.row))
    for index in whole.indices {
      let (one, other) = (whole.request(index), halves.request(index))
      #expect(one.cost == other.cost)
      #expect(one.lines.map(whole.line).map(\.cost) == other.lines.map(halves.line).map(\.cost))
    }
  }

  @Test("a tenant's month turns by the calendar, else by its own starts")
  func months() {
    let first = Timestamp("2026-10-31T23:59:59.999Z") ?? Timestamp(milliseconds: 0)
    let second = Timestamp(milliseconds: first.milliseconds + 1)
    var calendar = MonthClock()
    #expect(
      [first, first, second, second].map { calendar.turns(at: $0) } == [true, false, true, false])
    let starts = [0, second.milliseconds + 5]
    var own = MonthClock(starts: starts)
    let later = Timestamp(milliseconds: second.milliseconds + 5)
    #expect([first, second, later, later].map { own.turns(at: $0) } == [true, false, true, false])
  }
}
