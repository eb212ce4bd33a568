import ArgumentParser
import Ingest
import Scale

struct ScaleMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Add figures of scale partition, as GROUP BY in an engine would.",
    discussion: """
      Standard input is report TAB dimensions TAB measure TAB int64, in any order; sums come out in the order
      of their bytes. A sum that leaves 64 bits is an error.
      """)

  func run() throws {
    var sums = LongSums()
    try InputLines.forEach(in: "-", wait: {}) { number, bytes in
      guard let row = bytes.flatMap({ LongRow(line: $0) }) else {
        throw InputError(
          .undecodable, "standard input:\(number)", "is no figure",
          remedy: "give what `scale partition` printed: report TAB dimensions TAB measure TAB int64"
        )
      }
      sums.add(row)
    }
    try ScaleCommand.print(sums)
  }
}
