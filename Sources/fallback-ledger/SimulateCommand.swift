import ArgumentParser
import CatalogFiles
import Ingest
import PolicyEngine
import PolicyFile
import Pricing
import Reports
import Simulation
import Traffic
import Units

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make the events of a made-up world.",
    discussion: """
      A small company with tenants, workflows and budgets sends requests through a gateway that \
      follows a policy, while its providers have good and bad hours. The same options give the \
      same events on every machine. Into --out go events.jsonl.zst, prices.csv, tenants.csv and \
      policy.yaml, ready for the other commands; to - the events alone, as JSONL.
      """)

  @Option(help: ArgumentHelp("Another seed is another world.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How many days.", valueName: "number"))
  var days = 7

  @Option(
    help: ArgumentHelp("The first UTC day; else 2026-10-01.", valueName: "day"),
    transform: Calendar.day)
  var from = UTCDay(year: 2026, month: 10, day: 1) ?? UTCDay(daysSince1970: 0)

  @Option(help: ArgumentHelp("How many requests.", valueName: "number"))
  var requests = 2_000

  @Option(help: ArgumentHelp("How many tenants.", valueName: "number"))
  var tenants = 8

  @Option(
    help: ArgumentHelp(
      "A provider, or one model, is down: openai@2026-10-05T09:00/2026-10-05T13:00; may be given several times.",
      valueName: "provider[/model]@from/to"),
    transform: OutageArgument.read)
  var outage: [Outage] = []

  @Option(
    help: ArgumentHelp(
      "Calls a provider takes in a minute; more are rate-limited.", valueName: "count"))
  var callsPerMinute: Int?

  @Option(
    help: ArgumentHelp("Calls a provider takes of one tenant in a minute.", valueName: "count"))
  var tenantCallsPerMinute: Int?

  @Option(
    help: ArgumentHelp(
      "Calls in a thousand that fail for each thousand tokens of input.", valueName: "count"))
  var failuresPerThousandTokens = 0

  @Option(
    help: ArgumentHelp(
      "Requests whose first call goes to a model by chance and is logged so, in per cent.",
      valueName: "percent"))
  var probeShare: String?

  @Option(
    help: ArgumentHelp(
      "Another policy for the same world, arrivals and coin flips: its events go to events-NAME.jsonl.zst; "
        + "may be given several times.", valueName: "file"))
  var also: [String] = []

  @Option(help: ArgumentHelp("The policy the gateway follows; else five-class.", valueName: "file"))
  var policy: String?

  @Option(
    help: ArgumentHelp("Prices of the policy's models; else list prices.", valueName: "file"))
  var prices: String?

  @Option(help: ArgumentHelp("A folder, made if need be, or -.", valueName: "folder"))
  var out: String

  func run() throws {
    guard !out.isEmpty else {
      throw CommandFailure(CommandFailure.usage, "--out is empty; name a folder, or - for JSONL")
    }
    let (policy, yaml) = try readPolicy()
    let world: World
    do {
      world = try World(
        seed: seed, firstDay: from, days: days, requests: requests, tenants: tenants,
        outages: outage, strain: try strain(), policy: policy, prices: try readPrices())
    } catch let error as WorldError {
      throw CommandFailure(error.exitCode, error.description)
    }
    if out == "-" { try print(world) } else { try write(world, policy: yaml) }
  }

  /// Of the probe share, in ten thousand.
  private var probes: Int {
    get throws {
      guard let probeShare else { return 0 }
      let bytes = Array(probeShare.utf8)
      do {
        let percent = try Ratio(decimal: bytes.span)
        guard percent >= .zero, percent.billionths % 10_000_000 == 0 else {
          throw DecimalText.Failure.outOfRange
        }
        return Int(clamping: percent.billionths / 10_000_000)
      } catch {
        throw ValidationError(
          "--probe-share `\(probeShare)` is no share; give per cent from 0 to 20 with two places")
      }
    }
  }

  func validate() throws { _ = try probes }

  private func strain() throws -> Strain {
    var strain = Strain()
    strain.probesPerTenThousand = try probes
    strain.callsPerMinute = callsPerMinute
    strain.tenantCallsPerMinute = tenantCallsPerMinute
    strain.failuresPerThousandTokens = failuresPerThousandTokens
    return strain
  }

  /// The events of a world, packed, and how many there are.
  private func packed(_ world: World) -> (events: Int, bytes: [UInt8]) {
    var events = 0
    var packed = ZstdText()
    for request in Simulator(world) {
      for attempt in request { packed.append(EventText.line(attempt) + "\n") }
      events += request.count
    }
    return (events, packed.finish())
  }

  private func readPolicy() throws -> (policy: Policy, bytes: [UInt8]) {
    if let policy { return try PolicyCommand.read(policy) }
    let yaml = PolicyPreset.fiveClass.yaml
    return (try PolicyYAML.read(yaml), Array(yaml.utf8))
  }

  private func readPrices() throws -> [DatedPrice] {
    guard let prices else { return BuiltInPrices.catalog(from: from.month.firstDay) }
    // LiteLLM's catalog says no days: its prices are taken to hold from the first.
    return try PriceFile.read(try InputBytes.read(prices), name: prices, effectiveFrom: from).rows
      .map { row in
        DatedPrice(
          model: row.model, effectiveFrom: row.effectiveFrom ?? from, price: row.price)
      }
  }

  private func print(_ world: World) throws {
    var lines = ""
    for request in Simulator(world) {
      for attempt in request { lines += EventText.line(attempt) + "\n" }
      if lines.utf8.count >= 1 << 16 {
        try Output.data(lines)
        lines = ""
      }
    }
    try Output.data(lines)
  }

  private func write(_ world: World, policy: [UInt8]) throws {
    try FolderWriter.makeFolders(out)
    let (events, bytes) = packed(world)
    let folder = out.hasSuffix("/") ? String(out.dropLast()) : out
    try FileWriter.replace("\(folder)/events.jsonl.zst", with: bytes)
    try FileWriter.replace("\(folder)/prices.csv", with: CatalogText.prices(world))
    try FileWriter.replace("\(folder)/tenants.csv", with: CatalogText.tenants(world))
    try FileWriter.replace("\(folder)/policy.yaml", with: policy)
    for file in also {
      let other = try PolicyCommand.read(file).policy
      // It becomes a part of a file name.
      let name = (other.definition.name ?? "unnamed").map {
        $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-"
      }
      do {
        try FileWriter.replace(
          "\(folder)/events-\(String(name)).jsonl.zst", with: packed(try world.under(other)).bytes)
      } catch let error as WorldError {
        throw CommandFailure(error.exitCode, error.description)
      }
    }

    let shown = VisibleText.escaping(folder)
    let last = from.advanced(by: days - 1)
    Output.note(
      """
      \(shown): \(events) events of \(requests) requests by \(tenants) tenants, \(from) to \(last); \
      prices.csv, tenants.csv and policy.yaml beside them
      try it with:
        fallback-ledger prices import \(shown)/prices.csv
        fallback-ledger tenants import \(shown)/tenants.csv
        fallback-ledger policy apply \(shown)/policy.yaml
        fallback-ledger ingest \(shown)/events.jsonl.zst
        fallback-ledger report --by workflow
      """)
  }
}

/// `PROVIDER@FROM/TO` as an argument.
enum OutageArgument {
  static func read(_ text: String) throws -> Outage {
    // Times have no @, names of providers may.
    guard let at = text.lastIndex(of: "@"), at != text.startIndex,
      let slash = text[at...].firstIndex(of: "/"),
      let from = time(String(text[text.index(after: at)..<slash])),
      let to = time(String(text[text.index(after: slash)...]))
    else {
      throw ValidationError(
        "\(text) is no outage; write it as openai@2026-10-05T09:00/2026-10-05T13:00, in UTC")
    }
    let name = String(text[..<at])
    if let model = ModelID(name) {
      return Outage(provider: model.provider, model: model.model, from: from, to: to)
    }
    return Outage(provider: Name(name), from: from, to: to)
  }

  /// A day, a month or a time (cli.md); of a time, the seconds and the `Z` may be left out.
  private static func time(_ text: String) -> Timestamp? {
    Period.end(text) ?? Timestamp(text + "Z") ?? Timestamp(text + ":00Z")
  }
}

extension WorldError {
  var exitCode: Int32 {
    switch kind {
    case .option: CommandFailure.usage
    case .data: CommandFailure.badData
    }
  }
}
