internal import GRDB
internal import Units

/// The days that requests are of, by number and by name.
enum CalendarTable {
  /// Adds those of some days, counted since 1970, that are not there.
  static func add(_ days: [Int64], _ database: Database) throws {
    let write = try RawStatement(
      database, "INSERT INTO calendar (day, name, month) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    for number in days {
      let day = UTCDay(daysSince1970: Int(number))
      write.add(number)
      write.add(day.description)
      write.add(day.month.description)
      try write.run()
    }
  }
}
