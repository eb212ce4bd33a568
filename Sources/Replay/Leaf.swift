import Traffic

/// By what of its end, and not of the request, a report is grouped.
package struct LeafDimension: OptionSet, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let status = LeafDimension(rawValue: 1)
  package static let servedBy = LeafDimension(rawValue: 2)

  /// A number for the end of a way: the status above, the model that served below, from 1.
  func key(_ status: RequestStatus, _ model: Int?) -> Int32 {
    (contains(.status) ? Int32(status.place) << 16 : 0)
      | (contains(.servedBy) ? Int32((model ?? -1) + 1) : 0)
  }
}

/// The end of one way of a request.
struct Leaf {
  let way: Way
  let status: RequestStatus
  let serving: Serving?
  /// nil where a mean of others must stand in.
  var planned: Spend?
  var isDowngraded = false
  var isUngraded = false

  init(way: Way, status: RequestStatus, serving: Serving?) {
    self.way = way
    self.status = status
    self.serving = serving
  }
}
