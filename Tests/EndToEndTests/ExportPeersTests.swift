import Foundation
import TestSupport
import Testing
import Units

/// The exports as Python, DuckDB and a spreadsheet read them. `./scripts/test --peers` installs these.
@Suite("Exports in other tools", .serialized)
struct ExportPeersTests {
  private static let python = Repository.path(".build/peers/bin/python").path
  private static let office = ["/usr/bin/soffice", "/usr/bin/libreoffice"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  private static let hasPython = FileManager.default.isExecutableFile(atPath: python)

  /// Names that a spreadsheet, a shell or a reader of CSV may take for something else.
  private static let names = [
    "=1+1", "@eval", "-x", "+49", "00042", "12345678901234567890", "1e5", "2026-10-01", "TRUE",
    #"say \"so\", now"#, "'quoted", "M\u{FC}ller", " pad ", "3/4",
  ]

  private static func lines() -> String {
    names.enumerated().map { place, name in
      """
      {"request_id":"h\(place)","attempt":0,"ts":"2026-10-0\(1 + place % 9)T10:00:00Z",\
      "tenant_id":"\(name)","workflow":"\(names[names.count - 1 - place])",\
      "primary":{"provider":"openai","model":"gpt-5"},\
      "route":{"provider":"openai","model":"@cf/gpt-5"},"outcome":"success",\
      "usage":{"input_tokens":1000,"output_tokens":\(place)},"cost_usd":"0.00\(place)000007"}

      """
    }.joined()
  }

  /// The small day and the names, a closed month and its correction: exports of both kinds, by name.
  private func withExports(_ body: (URL, [String: Data]) async throws -> Void) async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.run(["ingest", SmallDay.events])
      try await ledger.run(["close", "2026-10"])
      try ledger.write("names.jsonl", Self.lines())
      try await ledger.run(["ingest", "names.jsonl"])
      var files: [String: Data] = [:]
      for (kind, month) in [
        ("focus", "2026-10"), ("csv", "2026-10"), ("focus", "2026-11"), ("csv", "2026-11"),
      ] {
        let name = "\(kind)-\(month).csv"
        let file = ledger.folder.appending(path: name)
        try await ledger.run(["export", kind, "--month", month, "--out", file.path])
        files[name] = try Data(contentsOf: file)
      }
      try await body(ledger.folder, files)
    }
  }

  private func run(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command)")
    return String(decoding: said, as: UTF8.self)
  }

  /// A line `column=sum` of each column of figures, as Python's csv and decimal modules have it, and the
  /// texts of the first columns.
  private static let sums = """
    import csv, decimal, sys
    decimal.getcontext().prec = 60
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for name in rows[0]:
        if name.endswith(("Cost", "Quantity", "(USD)", "cents)", "tokens", "calls", "requests")):
            total = sum(decimal.Decimal(row[name] or 0) for row in rows)
            print(f"{name}={total.normalize():f}")
    for row in rows:
        print([row.get(name) for name in ("Tenant", "Workflow", "Served by", "Tags")])
    """

  private static let duckDB = """
    import decimal, duckdb, sys
    table = "read_csv('" + sys.argv[1] + "', header=true, all_varchar=true)"
    names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {table}").fetchall()]
    for name in names:
        if name.endswith(("Cost", "Quantity", "(USD)", "cents)", "tokens", "calls", "requests")):
            query = 'SELECT sum(CAST(coalesce("%s", $$0$$) AS DECIMAL(38, 18))) FROM %s'
            total = duckdb.sql(query % (name, table)).fetchone()[0]
            print(f"{name}={decimal.Decimal(total).normalize():f}")
    """

  private func sums(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.contains("=") && !$0.hasPrefix("[") }
  }

  @Test("Python's csv module and DuckDB get the same sums", .enabled(if: hasPython))
  func readers() async throws {
    try await withExports { folder, files in
      for (name, data) in files {
        let path = folder.appending(path: name).path
        let python = sums(try run([Self.python, "-c", Self.sums, path]))
        #expect(sums(try run([Self.python, "-c", Self.duckDB, path])) == python)
        let table = try Table(data)
        let column = name.hasPrefix("focus") ? "EffectiveCost" : "Cost, exact (USD)"
        let exact = DecimalText.shortText(try table.sum(column), places: 24)
        #expect(python.contains("\(column)=\(exact)"), "\(python)")
        #expect(python.count > 5 && !table.rows.isEmpty)
      }
    }
  }

  @Test(
    "a spreadsheet, there and back, keeps every sum to the last digit and every name",
    .enabled(if: office != nil), arguments: ["xlsx", "ods"])
  func spreadsheet(format: String) async throws {
    let office = try #require(Self.office)
    try await withExports { folder, files in
      let (there, back) = (folder.appending(path: "there"), folder.appending(path: "back"))
      // Commas, quotes, UTF-8, the US's numbers; what is in quotes is text, values are not cut as shown.
      let text = "44,34,76,1,,1033,false,false,false"
      func convert(_ files: [String], to format: String, _ folder: URL) throws {
        _ = try run(
          [
            office, "-env:UserInstallation=\(folder.deletingLastPathComponent())office",
            "--headless", "--infilter=CSV:\(text)", "--convert-to", format, "--outdir", folder.path,
          ] + files)
      }
      let names = files.keys.sorted()
      try convert(names.map { folder.appending(path: $0).path }, to: format, there)
      let sheets = names.map { name in
        there.appending(path: String(name.dropLast(3)) + format).path
      }
      _ = try run(
        [
          office, "-env:UserInstallation=\(folder)office", "--headless", "--convert-to",
          "csv:Text - txt - csv (StarCalc):\(text)", "--outdir", back.path,
        ] + sheets)
      for name in names {
        let before = try run([
          "/usr/bin/env", "python3", "-c", Self.sums, folder.appending(path: name).path,
        ])
        let after = try run([
          "/usr/bin/env", "python3", "-c", Self.sums, back.appending(path: name).path,
        ])
        #expect(after == before, "\(name)")
        #expect(sums(before).count > 5)
      }
    }
  }
}
