package import LedgerStore
import Pricing
import Traffic
import Units

/// What `prices import` and `reprice` print: which prices are others, by how much last month's bill would
/// move, and the months before and after.
package struct PriceImportReport: Sendable {
  private let result: PriceImport
  /// More rows than these are only counted, for people.
  private let most: Int

  package init(_ result: PriceImport, most: Int = 40) {
    self.result = result
    self.most = most
  }

  /// Whether there is anything to show.
  package var isEmpty: Bool { listed.isEmpty && movedMonths.isEmpty }

  /// Prices that are others, that which moves the bill most first. A new one counts where the month
  /// called its model.
  private var listed: [PriceChange] {
    let changes = result.changes.filter { change in
      switch change.kind {
      case .unchanged: false
      case .new: result.bill?.parts[change.model] != nil
      case .dearer, .cheaper, .mixed, .gone: true
      }
    }
    return changes.enumerated().sorted { left, right in
      let (one, other) = (movement(left.element).magnitude, movement(right.element).magnitude)
      return one == other ? left.offset < right.offset : one > other
    }.map(\.element)
  }

  private func movement(_ change: PriceChange) -> Int64 {
    result.bill?.parts[change.model]?.movement.nanoUSD ?? 0
  }

  private var movedMonths: [Repricing.Month] {
    result.repricing?.months.filter(\.hasMoved) ?? []
  }

  /// Every listed change.
  package var table: ReportTable { changes(listed, notes: []) }

  private func changes(_ changes: [PriceChange], notes: [String]) -> ReportTable {
    ReportTable(
      title: "Prices that are others",
      columns: [
        .init("model", "Model", .text), .init("change", "Change", .text),
        .init("before", "Before", .text), .init("after", "After", .text),
        .init("bill_movement_usd", billTitle, .money),
      ],
      rows: changes.map { change in
        [
          .name(change.model.description), .label(change.kind.rawValue),
          change.before.map { .label($0.reading) } ?? .none,
          change.after.map { .label($0.reading) } ?? .none,
          result.bill?.parts[change.model].map { .money($0.movement) } ?? .none,
        ]
      }, notes: notes)
  }

  private var billTitle: String { result.bill.map { "Bill of \($0.month)" } ?? "Bill" }

  package var page: ReportPage {
    var sections: [ReportPage.Section] = []
    if !listed.isEmpty {
      var notes = ["Before and after are USD per million tokens of input and output."]
      if listed.count > most {
        notes.append("\(listed.count - most) more; --format csv has all of them.")
      }
      sections.append(
        .init(nil, .table(changes(Array(listed.prefix(most)), notes: notes + billNotes))))
    }
    if !movedMonths.isEmpty, let repricing = result.repricing {
      sections.append(.init(nil, .table(RepricingTable.table(repricing))))
    }
    return ReportPage("Prices", sections)
  }

  /// By how much last month's bill would move.
  private var billNotes: [String] {
    guard let bill = result.bill else { return [] }
    let total = bill.total
    var notes = [
      "Had the new prices held all of \(bill.month), its bill for these models would move by "
        + "\(total.movement.signed) USD over \(ReadingText.count(total.attempts)) attempts."
    ]
    if total.newlyPriced > 0 {
      notes.append("\(ReadingText.count(total.newlyPriced)) of them had no price so far.")
    }
    return notes
  }

  package var json: String {
    let changes = listed.map { change in
      JSONValue.object([
        ("model", .string(change.model.description)), ("change", .string(change.kind.rawValue)),
        ("bill_movement_usd", .money(Money(nanoUSD: movement(change)))),
      ])
    }
    let counts = PriceChange.Kind.allCases.map {
      (key: $0.rawValue, value: JSONValue.integer(Int64(result.count($0))))
    }
    return JSONWriter.text(
      .object([
        ("models", .object(counts)), ("changes", .array(changes)),
        (
          "bill",
          result.bill.map {
            .object([
              ("month", .string($0.month.description)),
              ("movement_usd", .money($0.total.movement)),
              ("attempts", .integer($0.total.attempts)),
              ("newly_priced_attempts", .integer($0.total.newlyPriced)),
            ])
          } ?? .null
        ),
        ("months", RepricingTable.json(result.repricing)),
      ]))
  }
}

/// Months before and after they were priced again.
package enum RepricingTable {
  package static func table(_ repricing: Repricing) -> ReportTable {
    let moved = repricing.months.filter(\.hasMoved)
    let rest = repricing.months.count - moved.count
    return ReportTable(
      title: "Months before and after",
      columns: [
        .init("month", "Month", .text), .init("figure", "Figure", .text),
        .init("before_usd", "Before", .money), .init("after_usd", "After", .money),
        .init("difference_usd", "Difference", .money),
      ],
      rows: moved.flatMap { month in
        figures.map { name, figure in
          let (before, after) = (figure(month.before), figure(month.after))
          return [
            .label(month.month.description), .label(name), .optional(money: money(before)),
            .optional(money: money(after)), .optional(money: money(after - before)),
          ]
        }
      },
      notes: moved.map { month in
        "\(month.month): \(ReadingText.count(month.before.unpricedAttempts)) unpriced attempts "
          + "before, \(ReadingText.count(month.after.unpricedAttempts)) after."
      } + (rest > 0 ? ["\(rest) more months are as they were."] : []))
  }

  /// Nil outside 64 bits of nano-USD.
  private static func money(_ nanoUSD: Int128) -> Money? {
    Int64(exactly: nanoUSD).map(Money.init(nanoUSD:))
  }

  private static let figures: [(String, @Sendable (MonthFigures) -> Int128)] = [
    ("cost", { $0.cost }), ("planned cost", { $0.plannedCost }),
    ("actual margin", { $0.actualMargin }),
  ]

  package static func json(_ repricing: Repricing?) -> JSONValue {
    guard let repricing else { return .array([]) }
    return .array(
      repricing.months.map { month in
        .object([
          ("month", .string(month.month.description)), ("before", json(month.before)),
          ("after", json(month.after)),
        ])
      })
  }

  private static func json(_ figures: MonthFigures) -> JSONValue {
    .object([
      ("requests", .integer(figures.requests)),
      ("unpriced_attempts", .integer(figures.unpricedAttempts)),
      ("cost_usd", json(figures.cost)), ("planned_cost_usd", json(figures.plannedCost)),
      ("actual_margin_usd", json(figures.actualMargin)),
    ])
  }

  private static func json(_ nanoUSD: Int128) -> JSONValue {
    money(nanoUSD).map { .money($0) } ?? .null
  }
}
