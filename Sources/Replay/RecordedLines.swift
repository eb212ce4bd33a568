package import Traffic
package import Units

extension Trace {
  /// A line of the log as it is told to people.
  package struct Told: Hashable, Sendable {
    /// nil for an action.
    package let route: Route?
    package let action: Action?
    /// nil for a success.
    package let failure: FailureKind?
    package let cost: Money
    package let latencyMilliseconds: Int64
  }

  /// The recorded lines of a request by its row; none for one that the trace does not have.
  package func told(_ row: Int64) -> [Told] {
    guard let place = indices.first(where: { self.row($0) == row }) else { return [] }
    let request = request(place)
    return request.lines.map { index in
      let line = line(index)
      return Told(
        route: line.route >= 0 ? routes[Int(line.route)] : nil, action: line.work.action,
        failure: line.work.failureKind, cost: line.cost,
        latencyMilliseconds: Int64(line.latencyMilliseconds))
    }
  }
}
