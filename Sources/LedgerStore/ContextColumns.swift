internal import Traffic

/// The twelve columns of a context (schema 0001): attribution, the given class, the stated primary. Names
/// are numbers, but for those of which a log may have any number.
enum ContextColumns {
  static let names =
    AttributionField.allCases.map { $0.table + "_id" } + ["given_class", "primary_route_id"]

  static func read(
    _ row: RawStatement, from column: Int32, _ dimensions: Dimensions
  ) throws -> Context {
    var context = readAttribution(row, from: column)
    context.trafficClass = row.optionalInt(column + 10).flatMap {
      Code.word(TrafficClass.self, $0)
    }
    context.primary = try row.optionalInt(column + 11).map(dimensions.routeKey)
    return context
  }

  /// The first ten columns alone.
  static func readAttribution(_ row: RawStatement, from column: Int32) -> Context {
    var context = Context()
    var names = UnboundedNames()
    for field in AttributionField.allCases {
      let place = column + Int32(field.index)
      if field.unboundedPlace == nil {
        context.attribution[field.index] = row.int(place)
      } else if !row.isNull(place) {
        names[field] = row.nameText(place)[...]
      }
    }
    context.unbounded = names
    return context
  }

  static func add(
    _ context: Context, to statement: some ColumnSink, _ dimensions: Dimensions
  ) throws {
    addAttribution(context, to: statement)
    statement.add(context.trafficClass.map(Code.of))
    statement.add(try context.primary.map(dimensions.routeID))
  }

  static func addAttribution(_ context: Context, to statement: some ColumnSink) {
    for index in 0..<AttributionField.allCases.count {
      if let place = places[index] {
        if let range = context.unbounded.places[place] {
          statement.add(name: context.unbounded.bytes.span.extracting(range))
        } else {
          statement.add(optional: 0)
        }
      } else {
        statement.add(optional: context.attribution[index])
      }
    }
  }

  /// By ``AttributionField/index`` the place among those without numbers.
  private static let places = AttributionField.allCases.map(\.unboundedPlace)
}
