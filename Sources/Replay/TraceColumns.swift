import Pricing
import Traffic
import Units

/// What a ``Trace`` holds, while it is put together.
struct TraceColumns: Sendable {
  var routes: [Route] = []
  var models: [ModelID] = []
  /// The model of each route.
  var modelOfRoute: [Int] = []
  var tenants: [Name] = []
  var histories: [TenantHistory?] = []
  /// When months of a tenant's budget begin that are not the calendar's, in milliseconds, rising.
  var monthStarts: [Int32: [Int64]] = [:]
  var profiles: [Trace.Profile] = []
  var strata: [Name?] = []
  var groups: [[String?]] = []
  var planCells: [Trace.PlanCell] = []
  var planMonths: [Trace.PlanMonth] = []
  /// The requests of each tenant.
  var ofTenant: [Range<Int>] = []
  /// What a line knew of the month where it is not what the request's first line knew.
  var laterStandings: [Int32: Trace.Standing] = [:]
  var rows = TraceRows(count: 0)
  var several: [Trace.Line] = []
  var kinds: [Trace.Kind] = []
  /// The limits that rows name; the first is none.
  var limits = [Trace.noAmount]
  // By the ledger's number of the request.
  var planned: [UInt32: Int64] = [:]
  var prepaid: [UInt32: Int64] = [:]
  var wide: [UInt32: Trace.Wide] = [:]
  /// The cell of each day that has requests, at its place, and each pair of a workflow and a primary.
  var cellOf: [Int32] = []
  /// Where in ``cellOf`` each day from the first begins; -1 for one without requests.
  var dayPlaces: [Int32] = []
  var firstDay = 0
}
