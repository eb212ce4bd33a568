internal import Traffic

/// The twelve columns of a context (schema 0001): attribution, the given class, the stated primary.
enum ContextColumns {
  static let names =
    AttributionField.allCases.map { $0.table + "_id" } + ["given_class", "primary_route_id"]

  static func read(
    _ row: RawStatement, from column: Int32, _ dimensions: Dimensions
  ) throws -> Context {
    var context = Context()
    for field in AttributionField.allCases {
      context.attribution[field.index] = row.int(column + Int32(field.index))
    }
    context.trafficClass = row.optionalInt(column + 10).flatMap {
      Code.word(TrafficClass.self, $0)
    }
    context.primary = try row.optionalInt(column + 11).map(dimensions.routeKey)
    return context
  }

  static func add(
    _ context: Context, to statement: some ColumnSink, _ dimensions: Dimensions
  ) throws {
    for index in 0..<AttributionField.allCases.count {
      statement.add(optional: context.attribution[index])
    }
    statement.add(context.trafficClass.map(Code.of))
    statement.add(try context.primary.map(dimensions.routeID))
  }
}
