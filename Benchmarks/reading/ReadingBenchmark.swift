import Glibc
import Ingest
import LedgerStore

/// Reads a log with nobody to write it, and says what that cost by thread.
///
///   reading-benchmark FILE [ROUNDS]
@main
struct ReadingBenchmark {
  static func main() throws {
    guard CommandLine.arguments.count > 1 else {
      print("usage: reading-benchmark FILE [ROUNDS]")
      exit(64)
    }
    let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 1 : 1
    for _ in 0..<rounds { try measure(CommandLine.arguments[1]) }
  }

  private static func measure(_ path: String) throws {
    let wall = seconds(CLOCK_MONOTONIC)
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
    let before = threads()
    let outcome = try ReadingPass.run(path)
    let usedWall = seconds(CLOCK_MONOTONIC) - wall
    let usedCPU = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    let lines = Double(max(1, outcome.counts.lines))
    print(
      "\(outcome.counts.lines) lines (\(outcome.counts.rejected) rejected, "
        + "\(outcome.counts.blank) blank), \(outcome.bytes) bytes, \(outcome.names) new names: "
        + "wall \(shown(usedWall)) s, CPU \(shown(usedCPU)) s, "
        + "\(shown(usedCPU / lines * 1e6)) CPU s a million lines")
    for (name, used) in threads().subtracting(before) {
      print("  \(name) \(shown(used / lines * 1e6)) CPU s a million lines")
    }
  }

  /// CPU seconds of this process's threads by their names.
  private static func threads() -> [String: Double] {
    var used: [String: Double] = [:]
    guard let folder = opendir("/proc/self/task") else { return used }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let id = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      let time = firstWord("/proc/self/task/\(id)/schedstat").flatMap { Double($0) }
      guard let time, let name = firstWord("/proc/self/task/\(id)/comm") else { continue }
      used[name, default: 0] += time / 1e9
    }
    return used
  }

  private static func firstWord(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 256)
    let count = fread(&text, 1, text.count, file)
    return text[..<count].split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).first
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func shown(_ seconds: Double) -> String {
    let hundredths = Int((seconds * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}

extension [String: Double] {
  fileprivate func subtracting(_ before: Self) -> [(String, Double)] {
    map { ($0.key, $0.value - (before[$0.key] ?? 0)) }.filter { $0.1 >= 0.005 }
      .sorted { $0.1 > $1.1 }
  }
}
