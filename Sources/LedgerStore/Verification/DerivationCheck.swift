internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Derives every request again from its lines, prices, tenants and policies, by the code that the
/// writer uses, and compares each derived column with what is stored.
struct DerivationCheck {
  static let check = LedgerCheck(
    "derivations",
    "every request is what its lines, the prices, tenants and policies make of it")

  /// As `AttemptCost.stored` has them.
  private static let lineColumns = [
    "catalog_cost_nano_usd", "cost_nano_usd", "cost_source", "list_cost_nano_usd",
  ]

  private let dimensions: Dimensions
  private let requests: RequestTable
  private let derivation: Derivation

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    let check = try DerivationCheck(database)
    let ids = try RawStatement(database, "SELECT id FROM stored_request ORDER BY id")
    while try ids.step() { try check.compare(ids.int(0), &breaches) }
  }

  private init(_ database: Database) throws {
    dimensions = try Dimensions(database)
    requests = try RequestTable(database)
    derivation = try Derivation(database, Rates(database), dimensions, requests)
  }

  private func compare(_ id: Int64, _ breaches: inout BreachList) throws {
    // A request without lines is another check's to tell of.
    guard let stored = try requests.stored(id, dimensions), !stored.lines.isEmpty else { return }
    let name = String(decoding: stored.name, as: UTF8.self)
    let lines = stored.lines.map(\.line)
    let derived: RequestTable.Derived?
    do {
      try derivation.learnModels(of: lines)
      derived = try derivation.derived(lines, name: stored.name[...])
    } catch let error as LedgerError where error.kind == .data {
      breaches.add("request \(name)", found: error.what, expected: "sums of 64 bits")
      return
    }
    guard let derived else { return }
    for (column, found, expected) in zip3(
      RequestColumns.names, stored.columns, try RequestColumns.values(derived, dimensions))
    where found != expected {
      breaches.add(
        "request \(name), \(column)", found: Self.text(found), expected: Self.text(expected))
    }
    for (place, line) in stored.lines.enumerated() {
      compare(line, place: place, derived, &breaches)
      if place > 0, !StoredLine.precedes(lines[place - 1], line.line) {
        breaches.add(
          "request \(name), place \(place)", found: "the attempt before comes after it",
          expected: "the order of positions and event ids")
      }
    }
  }

  private func compare(
    _ stored: DerivedLine, place: Int, _ derived: RequestTable.Derived,
    _ breaches: inout BreachList
  ) {
    let event = String(decoding: stored.line.event, as: UTF8.self)
    for (column, found, expected) in zip3(
      Self.lineColumns, stored.derived, derived.figures.attemptCosts[place].stored)
    where found != expected {
      breaches.add(
        "attempt \(event), \(column)", found: Self.text(found), expected: Self.text(expected))
    }
    // A context of its own is kept exactly where it is not the request's.
    if stored.hasOwnContext != (stored.line.link.context != derived.chain.context) {
      breaches.add(
        "attempt \(event), attempt_context", found: stored.hasOwnContext ? "a row" : "no row",
        expected: stored.hasOwnContext ? "none, as it says what the request says" : "one")
    }
    let day = Int64(derived.chain.startedAt.day.daysSince1970)
    if let found = stored.requestDay, found != day {
      breaches.add("attempt \(event), request_day", found: "\(found)", expected: "\(day)")
    }
  }

  private static func text(_ value: Int64?) -> String { value.map(String.init) ?? "nothing" }
}

private func zip3<A, B, C>(_ a: [A], _ b: [B], _ c: [C]) -> [(A, B, C)] {
  zip(a, zip(b, c)).map { ($0, $1.0, $1.1) }
}
