internal import GRDB
internal import Traffic

/// Names that are written alike to the eye and to Unicode, but not in the same bytes: the ledger keeps
/// them apart, which is seldom what was meant.
enum NameTwins {
  static let check = LedgerCheck(
    "name_twins", "no two names differ only in how Unicode composes their letters", .warning)

  private static let tables =
    AttributionField.allCases.map(\.table) + ["provider", "route_group", "model"]

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    for table in tables { try find(in: table, database, &breaches) }
  }

  /// Twins have a letter outside ASCII, all but one of them at least: only such names are held.
  private static func find(
    in table: String, _ database: Database, _ breaches: inout BreachList
  ) throws {
    // `String` compares by canonical equivalence, `Name` by bytes.
    var twins: [String: Set<Name>] = [:]
    let isWide = "name GLOB '*[^' || char(1) || '-~]*'"
    let wide = try RawStatement(database, "SELECT name FROM \(table) WHERE \(isWide)")
    while try wide.step() {
      let name = wide.text(0)
      twins[name, default: []].insert(Name(name))
    }
    guard !twins.isEmpty else { return }
    let plain = try RawStatement(database, "SELECT name FROM \(table) WHERE NOT \(isWide)")
    while try plain.step() {
      let name = plain.text(0)
      if twins[name] != nil { twins[name, default: []].insert(Name(name)) }
    }
    for names in twins.values.filter({ $0.count > 1 }).map({ $0.sorted() }).sorted(by: {
      $0.lexicographicallyPrecedes($1)
    }) {
      breaches.add(
        "\(table) \(names[0])", found: names.map(scalars).joined(separator: " and "),
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
