import ArgumentParser
import Ingest
import LedgerStore
import Reports

/// `--wait [SECONDS]` of the commands that write.
struct WaitOption: ParsableArguments {
  enum Wait: ExpressibleByArgument {
    case forever
    case seconds(Int)

    init?(argument: String) {
      if argument == Self.word {
        self = .forever
      } else if let seconds = Int(argument), seconds >= 0 {
        self = .seconds(seconds)
      } else {
        return nil
      }
    }

    fileprivate static let word = "forever"
  }

  @Option(
    help: ArgumentHelp(
      "Wait for another run that writes the ledger.",
      discussion: "At most so many seconds; without a number as long as it takes.",
      valueName: "seconds"))
  var wait: Wait?

  /// Nil: a ledger that is locked is refused at once.
  var patience: Patience? {
    guard let wait else { return nil }
    let limit: Duration? =
      switch wait {
      case .forever: nil
      case .seconds(let seconds): .seconds(seconds)
      }
    return Patience(
      limit: limit,
      onWait: { Output.note(VisibleText.escaping("\($0.what); waiting until it is done")) },
      isStopped: { Stop.shared.signal != nil })
  }

  /// The arguments with a word after each `--wait` that no number follows, as an option takes one.
  static func completing(_ arguments: [String]) -> [String] {
    var completed: [String] = []
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { return completed + arguments[index...] }
      completed.append(argument)
      let next = index + 1 < arguments.count ? arguments[index + 1] : ""
      if argument == "--wait", Int(next) == nil { completed.append(Wait.word) }
    }
    return completed
  }
}
