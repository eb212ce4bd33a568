import ArgumentParser
import Foundation
import LedgerStore
import Units

struct LedgerOption: ParsableArguments {
  @Option(
    name: .customLong("ledger"),
    help: ArgumentHelp(
      "The ledger's file.",
      discussion: "Else the environment's FALLBACK_LEDGER, else ledger.sqlite.", valueName: "path"))
  var given: String?

  var path: String {
    let variable = ProcessInfo.processInfo.environment["FALLBACK_LEDGER"] ?? ""
    let path = given ?? (variable.isEmpty ? "ledger.sqlite" : variable)
    // A name is a name, also one that SQLite would take for a URI.
    return path.hasPrefix("file:") ? "./" + path : path
  }

  func validate() throws {
    if given == "" { throw ValidationError("--ledger is empty; name the ledger's file") }
  }

  func open(_ access: Ledger.Access, _ wait: WaitOption? = nil) throws -> Ledger {
    let ledger = try Ledger(path: path, access: access, patience: wait?.patience)
    if let upgrade = ledger.upgrade {
      Output.note(
        "\(path) was of version \(upgrade.from) and is of version \(upgrade.to) now; "
          + "\(upgrade.copy) is what it was")
    }
    return ledger
  }
}

struct PeriodOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The first day, month or time.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("The day, month or time before which it ends.", valueName: "time"))
  var to: String?

  func validate() throws { _ = try period }

  var period: Period {
    get throws {
      let period = Period(from: try Self.end(from, "--from"), to: try Self.end(to, "--to"))
      if let from = period.from, let to = period.to, from >= to {
        throw ValidationError(
          "--from \(from) is not before --to \(to); --to names the first time left out")
      }
      return period
    }
  }

  private static func end(_ text: String?, _ option: String) throws -> Timestamp? {
    guard let text else { return nil }
    guard let end = Period.end(text) else {
      throw ValidationError(
        "\(option) `\(text)` is no day, month or time; write 2026-10-01, 2026-10 or "
          + "2026-10-01T12:00:00Z")
    }
    return end
  }
}

enum TableFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, markdown
}

/// Days and months as arguments.
enum Calendar {
  static func day(_ text: String) throws -> UTCDay {
    guard let day = UTCDay(text) else {
      throw ValidationError("`\(text)` is no day; write it as 2026-10-01")
    }
    return day
  }

  static func month(_ text: String) throws -> UTCMonth {
    guard let month = UTCMonth(text) else {
      throw ValidationError("`\(text)` is no month; write it as 2026-10")
    }
    return month
  }
}

extension UTCDay {
  /// By the machine's clock.
  static var today: UTCDay {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).day
  }
}
