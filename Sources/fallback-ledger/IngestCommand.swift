import ArgumentParser
import Ingest
import LedgerStore
import Reports

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Take a gateway's logs into the ledger.",
    discussion: """
      Reads the ledger's own events and the logs of gateways (see formats list), plain, zstd or gzip,
      told apart by their first bytes; folders are walked; - is standard input. A file is taken whole
      or not at all, and counts once however often it is given: after a Ctrl-C or a crash the same
      command goes on where it was. Lines that cannot be admitted go to the quarantine: see
      rejects list. With --follow it goes on looking for new files in the folders until it is stopped,
      and takes each once nobody writes it any more.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var wait: WaitOption
  @OptionGroup var format: FormatOptions

  @Option(help: "The logs' format; auto looks at the first records.")
  var fromFormat = FormatName.auto

  @Flag(help: "Exit with 1 if a line was rejected or in conflict.")
  var strict = false

  @Flag(help: "Print what became of each file as JSON.")
  var json = false

  @Flag(help: "Allow zstd windows of up to 2 GiB, which take that much memory; else 128 MiB.")
  var long = false

  @Flag(help: "Watch the folders for new files until stopped.")
  var follow = false

  @Option(
    help: ArgumentHelp("With --follow: names to take, as *.jsonl.zst.", valueName: "glob"))
  var pattern: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --follow: how long a file must not have changed.", valueName: "seconds"))
  var settle = 5
  @Flag(
    help: "Show the first hundred records of each file as they would be kept, and write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Lines after which what was taken of a file is made safe.", visibility: .hidden))
  var batchLines = FileIngest.usualStride

  @Argument(help: ArgumentHelp("Files, folders, or -.", valueName: "path"))
  var paths: [String]

  func validate() throws {
    guard !dryRun || !json else {
      throw ValidationError("--dry-run prints tables for people; leave out --json")
    }
    if follow, json || strict || dryRun {
      throw ValidationError(
        "--follow has no end at which --json, --strict or --dry-run could speak")
    }
    if !follow, !pattern.isEmpty { throw ValidationError("--pattern goes with --follow") }
    if settle < 0 { throw ValidationError("--settle cannot be negative") }
    try format.validate(fromFormat)
  }

  func run() throws {
    let settings = try format.settings()
    if follow {
      Stop.onSignals()
      return try followFolders(settings)
    }
    let files = try InputFiles.find(paths)
    guard !dryRun else { return try preview(files, settings) }
    Stop.onSignals()
    let results: [FileResult]
    do {
      results = try take(files, settings)
    } catch {
      guard let signal = Stop.shared.signal else { throw error }
      Output.note(Stop.undone)
      throw ExitCode(128 + signal)
    }

    if json {
      try Output.data(JSONWriter.text(Self.json(results)))
      for result in results { if let error = result.error { Output.note("error: \(error)") } }
    } else if results.count > 1 {
      Output.note(Self.summary(results))
    }
    if let error = results.compactMap(\.error).first { throw ExitCode(error.exitCode) }
    let total = results.map(\.counts).reduce(LineCounts(), +)
    if !json, total.rejected + total.conflicts > 0 {
      Output.note("see them with: fallback-ledger rejects list --ledger \(ledger.path)")
    }
    if strict, total.rejected + total.conflicts > 0 { throw ExitCode(1) }
  }

  private func preview(_ files: [String], _ settings: FormatSettings) throws {
    for file in files {
      let preview = try LogPreview.read(
        file, format: fromFormat.logFormat, settings: settings, limit: 100)
      try Output.data(PreviewTables.text(preview))
    }
  }

  /// A run that takes nothing leaves nothing behind.
  private func take(_ files: [String], _ settings: FormatSettings) throws -> [FileResult] {
    let book = try ledger.open(.write, wait)
    let line = ProgressLine()
    let ingest = try FileIngest(
      book, format: fromFormat.logFormat, settings: settings,
      limits: UnpackingLimits(isLong: long), stride: max(1, batchLines),
      watch: IngestWatch(stop: Stop.shared) { line?.tell($0) })
    var results: [FileResult] = []
    defer {
      line?.clear()
      if results.allSatisfy(\.isFailed) { book.removeIfNew() }
    }
    for file in try Self.inOrder(files, first: ingest.pathToResume()) {
      let result = try ingest.ingest(file)
      results.append(result)
      line?.clear()
      if !json { Output.note(result.line) }
    }
    return results
  }

  /// Takes what is new again and again. The ledger is open, and locked, only meanwhile.
  private func followFolders(_ settings: FormatSettings) throws {
    for path in paths {
      guard InputFiles.isFolder(path) else {
        throw ValidationError("--follow watches folders; \(path) is none")
      }
    }
    var settled = SettledFiles(paths, patterns: pattern, settle: settle)
    Output.note("watching \(paths.joined(separator: ", ")); stop with Ctrl-C or SIGTERM")
    var lastRefusal: LedgerError?
    while Stop.shared.signal == nil {
      let files = try settled.next()
      do {
        if !files.isEmpty { _ = try take(files, settings) }
        lastRefusal = nil
      } catch let error as LedgerError where error.kind == .locked {
        // Somebody else writes the ledger: the files wait, and it is said once.
        settled.retry(files)
        if error != lastRefusal { Output.note("\(error)") }
        lastRefusal = error
      } catch {
        guard Stop.shared.signal != nil else { throw error }
      }
      Stop.shared.sleep(seconds: 1)
    }
    Output.note("stopped; what was taken stays, and the rest is taken by the next run")
  }

  /// A file that an earlier run left half taken in comes first, as it came first then.
  private static func inOrder(_ files: [String], first: String?) -> [String] {
    guard let first, files.contains(first) else { return files }
    return [first] + files.filter { $0 != first }
  }

  /// The object of cli.md.
  private static func json(_ results: [FileResult]) -> JSONValue {
    let total = results.map(\.counts).reduce(LineCounts(), +)
    let files = results.map { result in
      var members: [(key: String, value: JSONValue)] = [
        ("path", .string(result.path)), ("status", .string(result.word)),
      ]
      if let format = result.format { members.append(("format", .string(format.rawValue))) }
      members += result.counts.json
      if let error = result.error { members.append(("error", .string(error.description))) }
      return JSONValue.object(members)
    }
    let requests = results.reduce(0) { $0 + $1.newRequests }
    return .object(
      [("files", .array(files))] + total.json + [("requests", .integer(Int64(requests)))])
  }

  private static func summary(_ results: [FileResult]) -> String {
    let total = results.map(\.counts).reduce(LineCounts(), +)
    let requests = results.reduce(0) { $0 + $1.newRequests }
    return "\(results.count) files: \(total.text), \(requests) new requests"
  }
}

extension LineCounts {
  fileprivate var json: [(key: String, value: JSONValue)] {
    [
      ("lines", .integer(lines)), ("accepted", .integer(accepted)),
      ("duplicates", .integer(duplicates)), ("conflicts", .integer(conflicts)),
      ("rejected", .integer(rejected)), ("blank", .integer(blank)),
    ]
  }

  /// Only what occurs, after the lines and those accepted.
  fileprivate var text: String {
    let rest = [
      (duplicates, "duplicates"), (conflicts, "conflicts"), (rejected, "rejected"),
      (blank, "blank"),
    ]
    return
      (["\(lines) lines", "\(accepted) accepted"]
      + rest.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
  }
}

extension FileResult {
  fileprivate var error: InputError? {
    if case .failed(let error) = status { error } else { nil }
  }

  fileprivate var isFailed: Bool { error != nil }

  fileprivate var word: String {
    switch status {
    case .ingested: "ingested"
    case .unchanged: "unchanged"
    case .failed: "failed"
    }
  }

  fileprivate var line: String {
    let path = VisibleText.escaping(path)
    switch status {
    case .ingested: return "\(path): \(counts.text), \(newRequests) new requests"
    case .unchanged: return "\(path): unchanged, the ledger has it already"
    case .failed(let error): return "error: \(VisibleText.escaping(error.description))"
    }
  }
}
