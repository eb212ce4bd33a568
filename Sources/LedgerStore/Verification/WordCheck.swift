internal import GRDB
internal import Pricing
internal import Traffic

/// The words with a fixed meaning, whose numbers the program writes without looking them up.
enum WordCheck {
  static let check = LedgerCheck(
    "words", "statuses, actions and other fixed words have the numbers that the program gives them")

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    try compare("traffic_class", TrafficClass.self, database, &breaches)
    try compare("action", Action.self, database, &breaches)
    try compare("outcome", Outcome.self, database, &breaches)
    try compare("failure_kind", FailureKind.self, database, &breaches)
    try compare("request_status", RequestStatus.self, database, &breaches)
    try compare("cost_source", CostSource.self, database, &breaches)
    try compare("service_tier", ServiceTier.self, database, &breaches)
  }

  private static func compare<Word: RawRepresentable & CaseIterable>(
    _ table: String, _ type: Word.Type, _ database: Database, _ breaches: inout BreachList
  ) throws where Word.RawValue == String {
    let expected = Word.allCases.enumerated().map { "\($0.offset) \($0.element.rawValue)" }
    let found = try String.fetchAll(
      database, sql: "SELECT id || ' ' || name FROM \(table) ORDER BY id")
    guard found != expected else { return }
    breaches.add(
      "table \(table)", found: found.joined(separator: ", "),
      expected: expected.joined(separator: ", "))
  }
}
