import Foundation
import TestSupport
import Testing

/// A ledger in a test's own folder, and the program run on it.
struct TestLedger {
  let folder: URL

  var path: URL { folder.appending(path: "test.sqlite") }

  /// Runs a command on the ledger and expects it to end as it should.
  @discardableResult
  func run(
    _ arguments: [String], stdin: Data = Data(), status: Int32 = 0,
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> Program.Outcome {
    let outcome = try await Program.run(
      arguments + ["--ledger", path.path], stdin: stdin, in: folder)
    #expect(
      outcome.status == status, "\(arguments): \(outcome.errText)", sourceLocation: location)
    return outcome
  }

  /// Writes a file below the folder.
  @discardableResult
  func write(_ name: String, _ bytes: Data) throws -> URL {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> URL { try write(name, Data(text.utf8)) }

  /// Imports the prices, tenants and policy of the small day.
  func importSmallDay() async throws {
    for import_ in SmallDay.imports { try await run(import_) }
  }

  /// `ingest --json`.
  @discardableResult
  func ingest(
    _ paths: String..., options: [String] = [], stdin: Data = Data(), status: Int32 = 0,
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> JSONObject {
    let outcome = try await run(
      ["ingest", "--json"] + options + paths, stdin: stdin, status: status, location)
    return try JSONObject(outcome.out)
  }

  /// `report --format json`.
  func report(_ options: String...) async throws -> JSONObject {
    try JSONObject(try await run(["report", "--format", "json"] + options).out)
  }

  /// Every file in the folder whose name begins with the ledger's, by name.
  func ledgerFiles() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix("test.sqlite") {
      files[name] = try Data(contentsOf: folder.appending(path: name))
    }
    return files
  }
}

/// Runs `body` on a ledger that is not there yet.
func withLedger<Result>(_ body: (TestLedger) async throws -> Result) async throws -> Result {
  try await withTemporaryFolder { try await body(TestLedger(folder: $0)) }
}

/// A JSON object as the program prints it; amounts are strings in it, counts whole numbers.
struct JSONObject {
  private let members: [String: Any]

  init(_ data: Data) throws {
    members = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private init(_ members: [String: Any]) { self.members = members }

  func object(_ key: String) throws -> JSONObject {
    JSONObject(try #require(members[key] as? [String: Any]))
  }

  func objects(_ key: String) throws -> [JSONObject] {
    try #require(members[key] as? [[String: Any]]).map(JSONObject.init)
  }

  /// The value of a member as text, `null` among them.
  func text(_ key: String) throws -> String {
    switch try #require(members[key], "no member \(key)") {
    case let text as String: return text
    case let number as NSNumber: return number.stringValue
    case is NSNull: return "null"
    case let other: return "\(other)"
    }
  }

  func count(_ key: String) throws -> Int { try #require(Int(try text(key)), "\(key)") }

  var keys: Set<String> { Set(members.keys) }

  /// Members as text.
  func texts(_ keys: some Sequence<String>) throws -> [String: String] {
    var texts: [String: String] = [:]
    for key in keys { texts[key] = try text(key) }
    return texts
  }
}

/// Exact decimal USD of integer nano-USD, as cli.md has it.
func usd(_ nano: Int) -> String {
  let digits = String(nano.magnitude)
  let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  return (nano < 0 ? "-" : "") + padded.dropLast(9) + "." + padded.suffix(9)
}
