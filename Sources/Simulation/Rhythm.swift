import Units

/// When in a week a kind of traffic comes, in UTC.
enum Rhythm: Sendable {
  /// People at home and at work: days and evenings, less at the weekend.
  case users
  /// People at work.
  case office
  /// A job that starts after midnight.
  case night

  /// The weight of each hour of a day.
  var hours: [Int] {
    switch self {
    case .users:
      [8, 5, 4, 3, 4, 8, 18, 38, 62, 80, 88, 90, 84, 86, 92, 94, 90, 82, 70, 62, 54, 42, 28, 15]
    case .office:
      [0, 0, 0, 0, 0, 1, 6, 30, 70, 95, 100, 90, 60, 85, 95, 90, 75, 40, 14, 6, 3, 2, 1, 0]
    case .night:
      [20, 90, 100, 80, 30, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    }
  }

  /// The weight of a day; never 0, so that a world of one Sunday has its traffic too.
  func weight(of day: UTCDay) -> Int {
    // 1970-01-01 was a Thursday; 0 is Monday.
    let weekday = (day.daysSince1970 + 3) % 7
    return switch self {
    case .users: [96, 100, 100, 98, 92, 58, 52][weekday]
    case .office: [98, 100, 100, 100, 86, 8, 5][weekday]
    case .night: 100
    }
  }
}
