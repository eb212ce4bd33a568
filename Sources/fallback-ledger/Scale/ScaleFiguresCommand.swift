import ArgumentParser
import LedgerStore

struct ScaleFiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures",
    abstract: "Print a ledger's sums as scale merge prints those of its partitions.")

  @OptionGroup var ledger: LedgerOption

  func run() throws {
    let sums = try ledger.open(.read).read { try LongFormReader.sums($0) }
    try ScaleCommand.print(sums)
  }
}
