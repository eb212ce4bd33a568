import ArgumentParser
import PolicyFile

struct PolicySchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of policy files, for editors.",
    discussion: """
      Editors with a YAML language server complete and check a policy that begins with

        # yaml-language-server: $schema=./policy.schema.json

      `policy check` says more: also what a schema cannot, and the nearest right word.
      """)

  func run() throws { try Output.data(PolicySchema.json) }
}
