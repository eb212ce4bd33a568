package import LedgerStore
package import PolicyAnalysis
import QueryCatalog
import Traffic
package import Units

extension DriftTally {
  /// Holds the requests of a period to the policies in force. Those that began with a call made by
  /// chance are counted apart: no policy decided them.
  package static func read(
    _ database: LedgerDatabase, _ period: Period, examples: Int = 3
  ) throws -> DriftTally {
    let days = DaySpan(first: period.from?.day, end: period.to?.day.advanced(by: 1))
    let probes = Set(
      try QueryReader.rows(database, QueryCatalog.probes, days) { $0.text("request_id") })
    var tally = DriftTally(examples: examples)
    try RecordedRequestReader.forEach(database, period) { request, policy in
      if probes.contains(request.id.text) {
        tally.addProbe()
      } else {
        tally.add(request, under: policy)
      }
    }
    return tally
  }
}
