import ArgumentParser

struct NightlyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly", abstract: "Write the night's reports.")
}
