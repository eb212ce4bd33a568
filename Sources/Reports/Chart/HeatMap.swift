internal import LedgerStore

/// The failed share of calls by provider and hour of the day, darker where more failed.
struct HeatMap: Chart {
  struct Cell: Hashable, Sendable {
    let provider: String
    /// 0 to 23.
    let hour: Int
    let calls: Int64
    let failures: Int64

    init(provider: String, hour: Int, calls: Int64, failures: Int64) {
      self.provider = provider
      self.hour = hour
      self.calls = calls
      self.failures = failures
    }

    init(_ row: QueryRow) {
      self.init(
        provider: row.text("provider"), hour: Int(row.count("hour")), calls: row.count("calls"),
        failures: row.count("failures"))
    }

    /// In basis points.
    var share: Int64 { calls > 0 ? Int64(Int128(failures) * 10_000 / Int128(calls)) : 0 }
  }

  let title: String
  let cells: [Cell]

  private static let mostProviders = 12

  /// With the most failures first.
  private var providers: [(name: String, cells: [Cell])] {
    var providers: [(name: String, cells: [Cell])] = []
    for cell in cells {
      if let last = providers.last, Array(last.name.utf8) == Array(cell.provider.utf8) {
        providers[providers.count - 1].cells.append(cell)
      } else {
        providers.append((cell.provider, [cell]))
      }
    }
    func failures(_ cells: [Cell]) -> Int64 { cells.reduce(0) { $0 + $1.failures } }
    let ranked = providers.enumerated().sorted { left, right in
      let (one, other) = (failures(left.element.cells), failures(right.element.cells))
      return one != other ? one > other : left.offset < right.offset
    }
    return ranked.prefix(Self.mostProviders).map(\.element)
  }

  var summary: String {
    let worst = cells.filter { $0.failures > 0 }.sorted { left, right in
      left.share != right.share ? left.share > right.share : left.failures > right.failures
    }.prefix(5)
    guard !worst.isEmpty else { return "No call failed." }
    let parts = worst.map { cell in
      "\(cell.provider) at \(Self.hour(cell.hour)): \(ReadingText.share(basisPoints: cell.share)) % of "
        + "\(ReadingText.count(cell.calls)) calls"
    }
    return "The hours in which the largest share failed: \(parts.joined(separator: "; "))."
  }

  private static func hour(_ hour: Int) -> String { hour < 10 ? "0\(hour):00" : "\(hour):00" }

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let providers = providers
    let isNarrow = width < 480
    let names = providers.map { DisplayWidth.cut(VisibleText.escaping($0.name), to: 22) }
    // Beside the cells where there is room, else above them.
    let left = isNarrow ? 0 : min((names.map(ChartText.width).max() ?? 0) + 12, 170)
    let side = (width - left) / 24
    let rowHeight: Double = isNarrow ? 40 : 26
    let cellHeight: Double = 22
    var content: HTML = ""
    for (row, provider) in providers.enumerated() {
      let top = rowHeight * Double(row)
      let cellTop = isNarrow ? top + 17 : top
      content += ChartText.at(0, isNarrow ? top + 12 : top + 15, names[row])
      for hour in 0..<24 {
        let cell = provider.cells.first { $0.hour == hour }
        let x = left + side * Double(hour)
        content += """
          <rect class="heat \(Self.level(cell))" x="\(x)" y="\(cellTop)" width="\(side - 1.5)" \
          height="\(cellHeight)" rx="2"/>

          """
      }
    }
    let bottom = rowHeight * Double(providers.count)
    for hour in stride(from: 0, to: 24, by: isNarrow ? 6 : 3) {
      content += ChartText.at(
        left + side * Double(hour), bottom + 14, Self.hour(hour), style: "tick")
    }
    let entries: [(name: String, style: HTML)] = [
      ("no calls", "heat h0"), ("none failed", "heat h1"), ("under 5%", "heat h2"),
      ("5 to 20%", "heat h3"), ("20 to 50%", "heat h4"), ("50% and more", "heat h5"),
    ]
    let (legend, height) = ChartLegend.drawing(entries, top: bottom + 30, width: width)
    return (bottom + 30 + height, content + legend)
  }

  private static func level(_ cell: Cell?) -> HTML {
    guard let cell, cell.calls > 0 else { return "h0" }
    guard cell.failures > 0 else { return "h1" }
    return switch cell.share {
    case ..<500: "h2"
    case ..<2_000: "h3"
    case ..<5_000: "h4"
    default: "h5"
    }
  }
}
