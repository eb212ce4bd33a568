import ArgumentParser
import Ingest
import LedgerStore
import PolicyEngine
import PolicyFile
import Units

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Check, read, compare and apply fallback policies, and ask them.",
    subcommands: [
      Check.self, PolicyShowCommand.self, PolicyExplainCommand.self, PolicyDecideCommand.self,
      PolicyDiffCommand.self, Apply.self, PolicyDriftCommand.self, Preset.self,
      PolicySchemaCommand.self,
    ])

  /// A policy and its text; every mistake of a wrong file is in the error.
  static func read(_ file: String) throws -> (policy: Policy, bytes: [UInt8]) {
    let bytes = try InputBytes.read(file)
    do {
      return (try PolicyYAML.read(bytes), bytes)
    } catch {
      throw CommandFailure(CommandFailure.badData, error.text(file: file))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say every mistake of a policy file, with line and column.")

    @Argument(help: ArgumentHelp("The policy file.", valueName: "file"))
    var file: String

    func run() throws {
      let policy = try PolicyCommand.read(file).policy
      Output.note("\(file): policy `\(policy.definition.name ?? "unnamed")` is valid")
    }
  }

  struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put a policy in force from a day on.",
      discussion: """
        Reports grade models and class requests by the policy in force when a request started. The
        first policy of a ledger holds from the beginning, a later one from today, unless --from says
        another day.
        """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var wait: WaitOption

    @Option(
      help: ArgumentHelp("The first UTC day on which it holds.", valueName: "day"),
      transform: Calendar.day)
    var from: UTCDay?

    @Argument(help: ArgumentHelp("The policy file.", valueName: "file"))
    var file: String

    func run() throws {
      let (policy, bytes) = try PolicyCommand.read(file)
      let name = policy.definition.name ?? "unnamed"
      let day = try ledger.open(.write, wait).applyPolicy(
        yaml: String(decoding: bytes, as: UTF8.self), name: name, sha256: Digest.sha256(bytes),
        from: from, today: .today)
      Output.note("\(file): policy `\(name)` holds from \(day) on")
    }
  }

  struct Preset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a ready policy: five-class or two-tier.")

    @Argument(help: ArgumentHelp("five-class or two-tier.", valueName: "name"))
    var name: PolicyPreset

    func run() throws { try Output.data(name.yaml) }
  }
}

extension PolicyPreset: ExpressibleByArgument {}
