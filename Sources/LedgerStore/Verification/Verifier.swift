internal import GRDB
internal import Pricing
internal import QueryCatalog
internal import Synchronization
internal import Traffic

/// Checks every promise of a ledger against its own data, on one snapshot and in bounded memory.
///
/// Requests and lines are read once. What checks ask of single ones is asked then; of sums and whole
/// tables it is noted what they come to (``WalkSums``), and compared with what the ledger keeps. Where
/// that leaves a doubt, and where everything is to be asked, the check itself is run: it tells what is
/// wrong.
package enum Verifier {
  /// All results in a fixed order. `contentHash` is the one by which lines were entered; if it
  /// `asksAll`, every check is run, doubt or not, which takes many times as long.
  /// - Throws: ``LedgerError`` if the file is damaged: then nothing can be said of the data in it.
  package static func verify(
    _ readers: Readers, path: String, asksAll: Bool = false,
    contentHash: @escaping @Sendable (AttemptContent) -> UInt64
  ) throws -> [CheckResult] {
    let run = Run(readers, path: path, asksAll: asksAll, contentHash)
    do {
      try run.checkFile()
      try run.walk()
      try run.askDoubtful()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      // A statement of ours that the schema does not take: a view, say, whose text was hit.
      throw LedgerError(
        .foreign, "\(path) is damaged (\(error.message ?? "its schema cannot be used"))",
        remedy: "restore the ledger from a copy")
    }
    return run.results
  }

  /// Queries of `queries/checks` that a walk over the requests answers for a ledger that is sound.
  static let walkedQueries: Set = [
    "accepted_lines", "lines_used_once", "attempts_have_requests", "requests_have_attempts",
    "request_sums", "day_plans", "month_plans", "margin_bridge", "cuts_add_up",
  ]

  fileprivate typealias Check = @Sendable (Database, inout BreachList) throws -> Void

  /// In the order in which they are told.
  private static func checks(path: String) -> [(check: LedgerCheck, run: Check?)] {
    var checks: [(LedgerCheck, Check?)] = [
      (FileChecks.constraints, { try FileChecks.checkFile($0, path: path, &$1) }),
      (FileChecks.schema, FileChecks.checkSchema),
      (FileChecks.references, FileChecks.checkReferences),
      (WordCheck.check, WordCheck.run),
    ]
    for query in QueryCatalog.checks {
      checks.append(
        (
          LedgerCheck(query.name, query.promise),
          { try Self.run(query.sql, $0, &$1) }
        ))
    }
    return checks + [
      (KeyCheck.check, KeyCheck.run),
      // The walk asks these of every request.
      (RequestWalk.contents, nil),
      (DerivationCheck.check, nil),
      (FeeShareCheck.check, FeeShareCheck.run),
      (RollupCheck.check, RollupCheck.run),
      (ClosedMonthCheck.check, ClosedMonthCheck.run),
      (NameTwins.check, NameTwins.run),
    ]
  }

  /// The rows of a query of `queries/checks` are the breaches.
  private static func run(
    _ sql: String, _ database: Database, _ breaches: inout BreachList
  ) throws {
    let rows = try RawStatement(database, sql)
    while try rows.step() {
      breaches.add(rows.text(0), found: rows.text(1), expected: rows.text(2))
    }
  }

  /// One verification.
  private final class Run {
    private let readers: Readers
    private let asksAll: Bool
    private let contentHash: @Sendable (AttemptContent) -> UInt64
    private let checks: [(check: LedgerCheck, run: Check?)]
    private let seed: UInt64
    private let factors: SumSketch.Factors
    private var breaches: [String: BreachList] = [:]
    private var doubts: Set<String> = []
    private var ground: RequestWalk.Ground?
    /// What the ledger keeps, to be compared with what the walk comes to.
    private var kept = Kept()

    private struct Kept: Sendable {
      var keys: [KeyRuns.Kind: KeyCheck.Kept] = [:]
      var rollups: [SumSketch]?
      var limits: [TenantMonth: Int64] = [:]
      var dayPlans = SumSketch()
      var monthPlans = SumSketch()
      var areReferencesSound = true
    }

    /// Checks that need no walk.
    private static let ofTables = [
      "schema", "words", "conserved_lines", "quarantined_lines", "attempt_contexts",
      "closed_months", "name_twins",
    ]

    /// Requests in a part of a walk.
    private static let requestsOfPart: Int64 = 1 << 15
    private static let mostParts: Int64 = 1 << 16

    init(
      _ readers: Readers, path: String, asksAll: Bool,
      _ contentHash: @escaping @Sendable (AttemptContent) -> UInt64
    ) {
      self.readers = readers
      self.asksAll = asksAll
      self.contentHash = contentHash
      checks = Verifier.checks(path: path)
      var random = SystemRandomNumberGenerator()
      seed = random.next()
      factors = SumSketch.Factors(using: &random)
    }

    var results: [CheckResult] {
      checks.map { (breaches[$0.check.name] ?? BreachList()).result(of: $0.check) }
    }

    // MARK: before the walk

    /// The file itself, and all that needs no walk over the requests.
    func checkFile() throws {
      let found = Mutex<[String: BreachList]>([:])
      let kept = Mutex(Kept())
      let ground = Mutex<RequestWalk.Ground?>(nil)
      let (seed, factors, contentHash) = (seed, factors, contentHash)
      var tasks: [@Sendable (Database) throws -> Void] = []
      func add(_ check: LedgerCheck, _ run: @escaping Check) {
        tasks.append { database in
          let breaches = try Verifier.breaches(database, run)
          found.withLock { $0[check.name] = breaches }
        }
      }
      // The longest first: the other connection does the rest meanwhile.
      if let constraints = checks.first, let run = constraints.run { add(constraints.check, run) }
      tasks.append { database in
        let new = try Self.ground(
          database, seed: seed, factors: factors, contentHash: contentHash)
        ground.withLock { $0 = new }
      }
      for kind in KeyRuns.Kind.allCases {
        tasks.append { database in
          let keys = try KeyCheck.kept(kind, database, seed: seed)
          kept.withLock { $0.keys[kind] = keys }
        }
      }
      tasks.append { database in
        let rollups = try RollupCheck.sketches(database, factors)
        let limits = try RollupCheck.limits(database)
        kept.withLock {
          $0.rollups = rollups
          $0.limits = limits
        }
      }
      add(RollupCheck.check, RollupCheck.checkRest)
      tasks.append { database in
        let days = try Self.planSketch(
          "SELECT day, workflow_id, model_id, planned_nano_usd, requests FROM plan_day", keys: 3,
          database, factors)
        // 2^62 of the carry leaves 2 modulo the prime of sketches.
        var months = try Self.planSketch(
          "SELECT month, model_id, planned_nano_usd, requests FROM plan_month", keys: 2, database,
          factors)
        months.add(
          try Self.planSketch(
            """
            SELECT month, model_id, 2 * planned_carry, 0 FROM plan_month WHERE planned_carry <> 0
            """, keys: 2, database, factors))
        let areSound = try FileChecks.areReferencesSound(database)
        kept.withLock {
          $0.dayPlans = days
          $0.monthPlans = months
          $0.areReferencesSound = areSound
        }
      }
      for (check, run) in checks where Self.ofTables.contains(check.name) {
        if let run { add(check, run) }
      }
      // Large sorts go to files, not to memory.
      let all = tasks
      _ = try readers.share(
        all.count,
        begin: { database in
          try database.execute(sql: "PRAGMA cache_size = -32768; PRAGMA temp_store = FILE")
          return database
        }, task: { try all[$1]($0) }, end: { _ in })
      breaches = found.withLock { $0 }
      self.kept = kept.withLock { $0 }
      self.ground = ground.withLock { $0 }
    }

    private static func ground(
      _ database: Database, seed: UInt64, factors: SumSketch.Factors,
      contentHash: @escaping @Sendable (AttemptContent) -> UInt64
    ) throws -> RequestWalk.Ground {
      let rates = try Rates(database)
      let withFees = Set(rates.tenants.filter { $0.value.hasFees }.map(\.key))
      var numbers: Set<Int64> = []
      if !withFees.isEmpty {
        let tenants = try RawStatement(database, "SELECT id, name FROM tenant")
        while try tenants.step() {
          if withFees.contains(Name(tenants.text(1))) { numbers.insert(tenants.int(0)) }
        }
      }
      return RequestWalk.Ground(
        names: try NameKeys(database), rates: rates, tenantsWithFees: numbers,
        lastPublished: try Staging.lastPublished(database), factors: factors, seed: seed,
        contentHash: contentHash)
    }

    private static func planSketch(
      _ sql: String, keys: Int, _ database: Database, _ factors: SumSketch.Factors
    ) throws -> SumSketch {
      var sketch = SumSketch()
      let rows = try RawStatement(database, sql)
      while try rows.step() {
        var key = CellKey(repeating: 0)
        for lane in 0..<keys { key[lane] = rows.int(Int32(lane)) }
        sketch.add(key, [rows.int(Int32(keys)), rows.int(Int32(keys + 1))], factors)
      }
      return sketch
    }

    // MARK: the walk

    func walk() throws {
      guard let ground else { return }
      let parts = try Self.parts(readers.one)
      let findings = Mutex(Array(repeating: RequestWalk.Findings(), count: parts.count))
      let all = try readers.share(
        parts.count, begin: { try RequestWalk($0, ground) },
        task: { walk, part in
          let found = try walk.check(parts[part])
          findings.withLock { $0[part] = found }
        }, end: { $0.sums })
      for found in findings.withLock({ $0 }) {
        breaches[RequestWalk.contents.name, default: BreachList()].append(found.contents)
        breaches[DerivationCheck.check.name, default: BreachList()].append(found.derivations)
      }
      var sums = WalkSums(linesOfFile: ground.names.linesOfFile)
      for other in all { sums.add(other) }
      try compare(sums, ground)
      doubts.formUnion(sums.doubts)
    }

    /// The numbers of requests, and of attempts that may have lost theirs, in parts.
    private static func parts(_ database: Database) throws -> [ClosedRange<Int64>] {
      let ends = try RawStatement(database, "SELECT min(id), max(id) FROM stored_request")
      _ = try ends.step()
      let (first, last) = (ends.int(0), ends.int(1))
      ends.reset()
      let (count, isOver) = last.subtractingReportingOverflow(first)
      guard !isOver, count > 0 else { return [Int64.min...Int64.max] }
      let size = max(requestsOfPart, count / mostParts + 1)
      var parts: [ClosedRange<Int64>] = []
      var start = Int64.min
      for end in stride(from: first + size - 1, to: last, by: Int(size)) {
        parts.append(start...end)
        start = end + 1
      }
      parts.append(start...Int64.max)
      return parts
    }

    private func compare(_ sums: WalkSums, _ ground: RequestWalk.Ground) throws {
      func doubt(_ check: String, unless holds: Bool) { if !holds { doubts.insert(check) } }
      var sums = sums
      let others = try RawStatement(
        readers.one,
        """
        SELECT file_id, line, 1 FROM request_context
        UNION ALL SELECT file_id, line, 0 FROM rejected_line WHERE mended_by IS NULL
        """)
      // Lines of a file that is half taken in are in no file yet.
      let staged = try Staging.file(readers.one)?.file
      while try others.step() {
        if others.int(0) == staged { continue }
        sums.lines.mark(file: others.int(0), line: others.int(1))
        if others.int(2) == 1 { sums.add(accepted: 1, of: others.int(0)) }
      }
      doubt("lines_used_once", unless: !sums.lines.isDoubtful)
      var accepted = sums.acceptedOfFile
      let files = try RawStatement(readers.one, "SELECT id, accepted FROM input_file")
      while try files.step() {
        doubt(
          "accepted_lines", unless: accepted.removeValue(forKey: files.int(0)) ?? 0 == files.int(1)
        )
      }
      doubt("cuts_add_up", unless: sums.requestCost == sums.attemptCost)
      doubt("day_plans", unless: sums.dayPlans == kept.dayPlans)
      doubt("month_plans", unless: sums.monthPlans == kept.monthPlans)
      doubt(RollupCheck.check.name, unless: kept.rollups == sums.rollups)
      doubt(RollupCheck.check.name, unless: kept.limits == sums.limits.mapValues(\.limit))
      doubt(FileChecks.references.name, unless: kept.areReferencesSound)
      // Names that are not held were not looked for.
      doubt(
        FileChecks.references.name, unless: ground.names.attribution.allSatisfy(\.isWhole))
      for (kind, keys) in kept.keys {
        let wanted =
          switch kind {
          case .request: sums.requestKeys
          case .event: sums.eventKeys
          }
        doubt(KeyCheck.check.name, unless: keys.sketch == wanted && !keys.hasTwins)
      }
      for (key, marks) in sums.fees {
        doubt(
          FeeShareCheck.check.name,
          unless: marks.isSharing(try FeeShareCheck.fee(key, ground, readers.one)))
      }
    }

    // MARK: after the walk

    /// Runs the checks that are in doubt; what they say holds.
    func askDoubtful() throws {
      let asked = checks.filter { check, _ in
        doubts.contains(check.name) || asksAll && check.name != FileChecks.constraints.name
      }
      let found = Mutex<[String: BreachList]>([:])
      try readers.share(
        asked.compactMap { check, run -> (@Sendable (Database) throws -> Void)? in
          guard let run else { return nil }
          return { database in
            let breaches = try Verifier.breaches(database, run)
            found.withLock { $0[check.name] = breaches }
          }
        })
      breaches.merge(found.withLock { $0 }) { $1 }
    }
  }

  fileprivate static func breaches(_ database: Database, _ run: Check) throws -> BreachList {
    var breaches = BreachList()
    do {
      try run(database, &breaches)
    } catch let error as DatabaseError where !error.isDamage {
      // A sum outside 64 bits, say: the promise cannot hold then.
      breaches.add(
        "the check itself", found: error.message ?? "\(error.resultCode)", expected: "an answer")
    } catch let error as LedgerError where error.kind == .data {
      breaches.add("the check itself", found: error.what, expected: "an answer")
    }
    return breaches
  }
}

extension DatabaseError {
  /// Whether the file cannot be trusted, rather than what stands in it.
  fileprivate var isDamage: Bool {
    switch resultCode.primaryResultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_IOERR, .SQLITE_CANTOPEN,
      .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_LOCKED:
      true
    default: false
    }
  }
}
