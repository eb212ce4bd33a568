internal import Foundation
package import Pricing
internal import Traffic
internal import Units

/// The tenants file (cli.md): who may spend what, and what they pay, from a day on.
package enum TenantFile {
  enum Column: String, CSVColumn {
    case tenant = "tenant_id"
    case tier
    case effectiveFrom = "effective_from"
    case monthlyBudget = "monthly_budget_usd"
    case prepaidBalance = "prepaid_balance_usd"
    case monthlyFee = "monthly_fee_usd"
    case revenuePerRequest = "revenue_per_request_usd"
    case billingDay = "billing_day"
    case timeZone = "time_zone"

    static let file = "a tenants file"
  }

  /// 2000-01-01, before which no event lies (events.md): where a row says no day, it always held.
  private static let beginning = UTCDay(daysSince1970: 10_957)

  /// Reads the terms of all tenants, in the order of the file; `name` is the file's, for messages.
  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(
    _ bytes: [UInt8], name: String
  ) throws(FileMistakes) -> [TenantTerms] {
    let table = CSVTable<Column>(bytes, needed: [.tenant])
    var mistakes = table.mistakes
    var all: [TenantTerms] = []
    var lines: [Key: Int] = [:]
    for row in table.rows {
      let before = mistakes.count
      let tenant = row.needed(.tenant, &mistakes, Cell.name)
      let day =
        row[.effectiveFrom] == nil
        ? beginning : row.optional(.effectiveFrom, &mistakes, Cell.day)
      let tier = row.optional(.tier, &mistakes, Cell.name)
      let budget = row.optional(.monthlyBudget, &mistakes, Cell.amount)
      let balance = row.optional(.prepaidBalance, &mistakes, Cell.amount)
      let fee = row.optional(.monthlyFee, &mistakes, Cell.amount)
      let revenue = row.optional(.revenuePerRequest, &mistakes, Cell.amount)
      let billingDay = row.optional(.billingDay, &mistakes, Self.dayOfMonth)
      let timeZone = row.optional(.timeZone, &mistakes, Self.timeZone)
      guard let tenant, let day else { continue }
      if let earlier = lines[Key(tenant: tenant, day: day)] {
        mistakes.append(
          row.mistake(
            "\(tenant) has terms from \(day) on line \(earlier) already", "keep one of the two"))
      } else {
        lines[Key(tenant: tenant, day: day)] = row.line
      }
      guard mistakes.count == before else { continue }
      all.append(
        TenantTerms(
          tenant: tenant, effectiveFrom: day, tier: tier, monthlyBudget: budget,
          prepaidBalance: balance, monthlyFee: fee, revenuePerRequest: revenue,
          billing: BillingMonth(firstDay: billingDay ?? 1, timeZone: timeZone)))
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return all
  }

  private static func dayOfMonth(_ text: String) throws(UnitError) -> Int {
    guard text.utf8.count <= 2, let day = Int(text), (1...31).contains(day) else {
      throw UnitError(what: "`\(text)` is no day of a month", remedy: "give 1 to 31")
    }
    return day
  }

  private static func timeZone(_ text: String) throws(UnitError) -> Name {
    guard TimeZone(identifier: text) != nil else {
      throw UnitError(
        what: "`\(text)` is no time zone", remedy: "give an IANA name such as Europe/Berlin")
    }
    return Name(text)
  }

  private struct Key: Hashable {
    let tenant: Name
    let day: UTCDay
  }
}
