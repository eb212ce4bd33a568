/// The public views of a ledger, as the comments of their own SQL describe them: the one place from
/// which `schema`, docs/schema.md and the comments in the database come.
package enum PublicSchema {
  package struct Column: Hashable, Sendable {
    package let name: String
    package let unit: String
    package let meaning: String
  }

  package struct View: Sendable {
    package let name: String
    /// What a row is.
    package let about: String
    package let columns: [Column]
  }

  /// In the order in which migrations first make them, as the newest does.
  package static let views: [View] = {
    var views: [View] = []
    for migration in QueryCatalog.migrations {
      for view in read(migration.sql) {
        if let place = views.firstIndex(where: { $0.name == view.name }) {
          views[place] = view
        } else {
          views.append(view)
        }
      }
    }
    return views
  }()

  /// The views with described columns.
  private static func read(_ sql: String) -> [View] {
    let start = "CREATE VIEW "
    var views: [View] = []
    var name: String?
    var about: [Substring] = []
    var columns: [Column] = []
    for line in sql.split(separator: "\n") {
      if line.hasPrefix(start) {
        name = String(line.dropFirst(start.count).prefix { $0 != " " })
        (about, columns) = ([], [])
      } else if let current = name, line.hasPrefix("-- ") {
        let parts = line.dropFirst(3).split(separator: "|", maxSplits: 2).map(trimmed)
        if parts.count == 3 {
          columns.append(Column(name: parts[0], unit: parts[1], meaning: parts[2]))
        } else if columns.isEmpty {
          about.append(line.dropFirst(3))
        }
        _ = current
      } else if let current = name {
        if !columns.isEmpty {
          views.append(View(name: current, about: about.joined(separator: " "), columns: columns))
        }
        name = nil
      }
    }
    return views
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
