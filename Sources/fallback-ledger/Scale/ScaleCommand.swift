import ArgumentParser
import Scale

struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "The parts of a ledger's work that an engine such as Spark spreads over machines.",
    discussion: """
      Three stateless filters, from standard input to standard output: normalise turns log lines into
      rows by tenant, partition turns the rows of whole tenants into figures that may be added, merge adds
      them. figures prints those of a ledger, to compare. docs/scale.md has the whole way.
      """,
    subcommands: [
      ScaleNormaliseCommand.self, ScalePartitionCommand.self, ScaleMergeCommand.self,
      ScaleFiguresCommand.self,
    ])

  /// Prints sums in their order, and is done only when all of it is written.
  static func print(_ sums: LongSums) throws {
    let rows: [LongRow]
    do {
      rows = try sums.rows()
    } catch {
      let place = error.place.text.replacing("\t", with: " ")
      throw CommandFailure(
        CommandFailure.badData, "the sum of \(place) leaves 64 bits; add fewer days at once")
    }
    var text = ""
    for row in rows {
      text += row.line
      text += "\n"
      if text.utf8.count >= 1 << 18 {
        try Output.whole(Array(text.utf8))
        text = ""
      }
    }
    try Output.whole(Array(text.utf8))
    try Output.finish()
  }
}
