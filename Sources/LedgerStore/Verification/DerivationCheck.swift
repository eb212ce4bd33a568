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
  private let derivation: Derivation

  init(_ database: Database, _ rates: Rates, _ dimensions: Dimensions) throws {
    self.dimensions = dimensions
    derivation = try Derivation(database, rates, dimensions, RequestTable(database))
  }

  func compare(_ stored: RequestTable.Previous, _ breaches: inout BreachList) throws {
    // A request without lines is another check's to tell of.
    guard !stored.lines.isEmpty else { return }
    func name() -> String { String(decoding: stored.name, as: UTF8.self) }
    let lines = stored.lines.map(\.line)
    let derived: RequestTable.Derived?
    do {
      try derivation.learnModels(of: lines)
      derived = try derivation.derived(lines, name: stored.name[...])
    } catch let error as LedgerError where error.kind == .data {
      breaches.add("request \(name())", found: error.what, expected: "sums of 64 bits")
      return
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A name that deriving it for the first time would have entered.
      breaches.add(
        "request \(name())", found: "a name of the terms in force without a row",
        expected: "a row of it")
      return
    }
    guard let derived else { return }
    let values = try RequestColumns.values(derived, dimensions)
    if stored.columns != values {
      for (column, (found, expected)) in zip(RequestColumns.names, zip(stored.columns, values))
      where found != expected {
        breaches.add(
          "request \(name()), \(column)", found: Self.text(found), expected: Self.text(expected))
      }
    }
    for (place, line) in stored.lines.enumerated() {
      compare(line, place: place, derived, &breaches)
      if place > 0, !StoredLine.precedes(lines[place - 1], line.line) {
        breaches.add(
          "request \(name()), place \(place)", found: "the attempt before comes after it",
          expected: "the order of positions and event ids")
      }
    }
  }

  private func compare(
    _ stored: DerivedLine, place: Int, _ derived: RequestTable.Derived,
    _ breaches: inout BreachList
  ) {
    func event() -> String { String(decoding: stored.line.event, as: UTF8.self) }
    let costs = derived.figures.attemptCosts[place].stored
    if stored.derived != costs {
      for (column, (found, expected)) in zip(Self.lineColumns, zip(stored.derived, costs))
      where found != expected {
        breaches.add(
          "attempt \(event()), \(column)", found: Self.text(found), expected: Self.text(expected))
      }
    }
    // A context of its own is kept exactly where it is not the request's.
    if stored.hasOwnContext != (stored.line.link.context != derived.chain.context) {
      breaches.add(
        "attempt \(event()), attempt_context", found: stored.hasOwnContext ? "a row" : "no row",
        expected: stored.hasOwnContext ? "none, as it says what the request says" : "one")
    }
    let day = Int64(derived.chain.startedAt.day.daysSince1970)
    if let found = stored.requestDay, found != day {
      breaches.add("attempt \(event()), request_day", found: "\(found)", expected: "\(day)")
    }
  }

  private static func text(_ value: Int64?) -> String { value.map(String.init) ?? "nothing" }
}
