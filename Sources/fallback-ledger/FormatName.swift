import ArgumentParser
import Ingest

/// What `--from-format` takes.
enum FormatName: Hashable, ExpressibleByArgument, CustomStringConvertible {
  case auto
  case named(LogFormat)

  init?(argument: String) {
    guard argument != "auto" else {
      self = .auto
      return
    }
    guard let format = LogFormat(rawValue: argument) else { return nil }
    self = .named(format)
  }

  static let allValueStrings = ["auto"] + LogFormat.allCases.map(\.rawValue)

  /// Nil: told by looking.
  var logFormat: LogFormat? {
    switch self {
    case .auto: nil
    case .named(let format): format
    }
  }

  var description: String { logFormat?.rawValue ?? "auto" }
}
