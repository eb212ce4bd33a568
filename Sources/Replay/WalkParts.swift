import Pricing
import Traffic
import Units

extension WalkSums {
  /// Requests of which planned cost is a mean of others.
  struct Demand {
    var exact: Int64 = 0
    var expected = 0.0

    mutating func add(_ other: Demand) {
      exact &+= other.exact
      expected += other.expected
    }
  }

  struct DemandKey: Hashable {
    let slot: Int32
    let cell: Int32
    /// A fallback served, and the primary has no price.
    let isServed: Bool
  }

  struct SlotKey: Hashable {
    let group: Int32
    let leaf: Int32
    /// -1 where tenants are not kept apart.
    let tenant: Int32
  }

  /// Own planned costs of a cell.
  struct Plan {
    var exact: Int128 = 0
    var exactCount: Int64 = 0
    var expected = 0.0
    var expectedCount = 0.0

    mutating func add(_ planned: Int64) {
      exact += Int128(planned)
      exactCount += 1
    }

    mutating func add(_ other: Plan) {
      exact += other.exact
      exactCount += other.exactCount
      expected += other.expected
      expectedCount += other.expectedCount
    }
  }

  struct Modelled {
    var attempts = 0.0
    /// Of these, how many begin a request.
    var starts = 0.0
    var cost = 0.0
  }

  struct Load: Hashable {
    let model: Int32
    let bin: Int32
  }

  /// A request whose replayed cost or end is not the recorded one.
  struct Change {
    let request: Int
    let costDifference: Double
  }
}
