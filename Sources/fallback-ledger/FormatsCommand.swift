import ArgumentParser
import Ingest
import Reports

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats",
    abstract: "Say which logs are read, and how a log is understood.",
    subcommands: [Detect.self, List.self])

  struct Detect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell a log's format, and explain the choice.",
      discussion: """
        Looks at the first thousand records; nothing is written. What they would become shows
        ingest --dry-run.
        """)

    @OptionGroup var format: FormatOptions

    @Argument(help: ArgumentHelp("Files, folders, or -.", valueName: "path"))
    var paths: [String]

    func run() throws {
      let settings = try format.settings()
      for path in try InputFiles.find(paths) {
        let preview = try LogPreview.read(path, format: nil, settings: settings, limit: 1_000)
        let renderer = Output.renderer
        var text = renderer.heading(preview.path)
        for (head, found) in Self.rows(preview) {
          text += renderer.paragraph(found, head: head, indent: 14)
        }
        try Output.data(text)
      }
    }

    private static func rows(_ preview: LogPreview) -> [(String, String)] {
      var rows = [
        ("Format", preview.format?.rawValue ?? "?"), ("Because", preview.marks),
        ("Packed", preview.packing),
        (
          "Records", "\(preview.entries)" + (preview.isCut ? " read, and there are more" : "")
        ),
        ("Attempts", "\(preview.lines.count)"),
      ]
      if preview.contexts > 0 {
        rows.append(("Of requests", "\(preview.contexts) records that say who asked and what for"))
      }
      if preview.blank > 0 { rows.append(("Blank", "\(preview.blank)")) }
      if !preview.rejected.isEmpty {
        rows.append(("Rejected", "\(preview.rejected.count)"))
        rows.append(
          contentsOf: preview.rejected.prefix(3).map {
            ("Record \($0.number)", $0.rejection.description)
          })
      }
      let missing = preview.coverage().filter { $0.given + $0.inferred == 0 && $0.missing > 0 }
      if !missing.isEmpty {
        rows.append(("Never told", missing.map(\.field).joined(separator: ", ")))
      }
      return rows
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the formats that are told by looking.")

    func run() throws {
      let renderer = Output.renderer
      var text = renderer.heading("Formats, and what tells them")
      for (name, marks) in LogFormat.known {
        text += renderer.paragraph(marks, head: name, indent: 12)
      }
      try Output.data(
        text
          + renderer.paragraph("docs/formats.md has their fields, and how to read any other log."))
    }
  }
}
