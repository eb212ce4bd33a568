internal import GRDB
internal import Traffic

/// Names that are written alike to the eye and to Unicode, but not in the same bytes: the ledger keeps
/// them apart, which is seldom what was meant.
enum NameTwins {
  static let check = LedgerCheck(
    "name_twins", "no two names differ only in how Unicode composes their letters", .warning)

  private static let tables =
    AttributionField.allCases.filter { $0.unboundedPlace == nil }.map(\.table) + [
      "provider", "route_group", "model",
    ]

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    for table in tables { try find(table, of: table, database, &breaches) }
    for field in AttributionField.unbounded {
      let column = field.table + "_id"
      let texts = ["stored_request", "attempt_context", "request_context"].map {
        "SELECT \(column) AS name FROM \($0) WHERE typeof(\(column)) = 'text'"
      }
      try find(
        field.table, of: "(\(texts.joined(separator: " UNION ALL ")))", database, &breaches)
    }
  }

  /// Twins have a letter outside ASCII, all but one of them at least: only such names are held.
  private static func find(
    _ kind: String, of names: String, _ database: Database, _ breaches: inout BreachList
  ) throws {
    // `String` compares by canonical equivalence, `Name` by bytes.
    var twins: [String: Set<Name>] = [:]
    let isWide = "name GLOB '*[^' || char(1) || '-~]*'"
    let wide = try RawStatement(database, "SELECT name FROM \(names) WHERE \(isWide)")
    while try wide.step() {
      let name = wide.text(0)
      twins[name, default: []].insert(Name(name))
    }
    guard !twins.isEmpty else { return }
    let plain = try RawStatement(database, "SELECT name FROM \(names) WHERE NOT \(isWide)")
    while try plain.step() {
      let name = plain.text(0)
      if twins[name] != nil { twins[name, default: []].insert(Name(name)) }
    }
    for names in twins.values.filter({ $0.count > 1 }).map({ $0.sorted() }).sorted(by: {
      $0.lexicographicallyPrecedes($1)
    }) {
      breaches.add(
        "\(kind) \(names[0])", found: names.map(scalars).joined(separator: " and "),
        expected: "one way of writing it")
    }
  }

  /// The name with every letter outside ASCII as its number, by which twins can be told apart.
  private static func scalars(_ name: Name) -> String {
    name.text.unicodeScalars.map { scalar in
      scalar.isASCII ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }.joined()
  }
}
