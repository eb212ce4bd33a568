import ArgumentParser
import CatalogFiles
import Foundation
import Ingest
import LedgerStore
import PolicyEngine
import Replay
import Scale
import Units

struct ScalePartitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract: "Rows of whole tenants in, figures out that may be added to those of other tenants.",
    discussion: """
      Takes the rows of scale normalise, in any order, into a ledger in a scratch folder (TMPDIR) and prints
      its sums: report TAB dimensions TAB measure TAB int64. Every row of a tenant must be among them, and
      those of tenants that share an id of an event or a request must come together. --replay needs the rows
      of all tenants: they are one another's evidence.
      """)

  @Option(help: ArgumentHelp("The policy in force.", valueName: "file"))
  var policy: String?

  @Option(help: ArgumentHelp("A price file; several are entered in turn.", valueName: "file"))
  var prices: [String] = []

  @Option(help: ArgumentHelp("A file of tenants' terms or payments.", valueName: "file"))
  var tenants: [String] = []

  @Option(help: ArgumentHelp("A policy to try, as `replay` does.", valueName: "file"))
  var replay: String?

  @Flag(help: "Print the replay alone.")
  var replayOnly = false

  @Option(help: ArgumentHelp("Rows in memory; the rest waits on disk.", valueName: "megabytes"))
  var memory = 512

  func validate() throws {
    if memory < 1 { throw ValidationError("--memory must be 1 megabyte or more") }
    if replayOnly, replay == nil { throw ValidationError("--replay-only goes with --replay") }
  }

  func run() throws {
    Stop.onSignals()
    let candidate = try replay.map { try PolicyCommand.read($0).policy }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    do {
      let ledger = try Ledger(path: scratch.path + "/ledger.sqlite", access: .write)
      try enterCatalogs(ledger)
      var ingest = RowIngest(scratch: scratch.path, mostBytes: memory << 20)
      let outcome = try ingest.run(into: ledger, stop: Stop.shared)
      var sums = LongSums()
      if !replayOnly {
        sums = try ledger.read { try LongFormReader.sums($0) }
        sums.add(outcome)
      }
      if let candidate, outcome.rows > 0 { try sums.add(candidate, replayedOn: ledger) }
      try ScaleCommand.print(sums)
    } catch let stopped as Stopped {
      Output.note("stopped; nothing of this partition counts, run it again")
      throw ExitCode(128 + stopped.signal)
    }
  }

  /// What holds for all tenants: each partition enters the same files, before it has a request. What
  /// says no day holds from the beginning, so that any attempt on any day gives the same.
  private func enterCatalogs(_ ledger: Ledger) throws {
    for file in prices {
      let bytes = try InputBytes.read(file)
      if ContractFile.recognises(bytes) {
        _ = try ledger.enterContracts(try ContractFile.read(bytes, name: file))
      } else {
        let prices = try PriceFile.read(bytes, name: file, effectiveFrom: PriceTable.beginning)
        _ = try ledger.enterPrices(
          [PriceCatalog(prices, in: ledger)], today: PriceTable.beginning, .lasting)
      }
    }
    for file in tenants {
      let bytes = try InputBytes.read(file)
      if TopUpFile.recognises(bytes) {
        try ledger.enterTopUps(try TopUpFile.read(bytes, name: file))
      } else {
        try ledger.enterTenants(try TenantFile.read(bytes, name: file))
      }
    }
    if let policy {
      let (read, bytes) = try PolicyCommand.read(policy)
      _ = try ledger.applyPolicy(
        yaml: String(decoding: bytes, as: UTF8.self), name: read.definition.name ?? "unnamed",
        sha256: Digest.sha256(bytes), from: nil, today: PriceTable.beginning)
    }
  }
}

extension LongSums {
  /// Facts of the run, by which whoever spread the rows sees that all came and none was torn.
  fileprivate mutating func add(_ outcome: RowIngest.Outcome) {
    func add(_ dimensions: String, _ measure: String, _ value: Int64) {
      self.add(
        Int128(value), to: LongRow.Place(report: "run", dimensions: dimensions, measure: measure))
    }
    add(Dimensions.none, "rows", outcome.rows)
    for tenant in outcome.tenants {
      let key = String(decoding: tenant, as: UTF8.self)
      add(Dimensions.object("tenant_key", key), "partitions", 1)
    }
    for (name, file) in outcome.files {
      add(Dimensions.object("file", name), "streams", file.streams)
      add(Dimensions.object("file", name), "text_lines", file.textLines)
    }
  }
}
