import Glibc
import Ingest
import Reports
import Synchronization

/// One line on the terminal that tells how far a file is read, written over and gone at the end.
final class ProgressLine: Sendable {
  private struct State {
    var path: String?
    var start = ContinuousClock.now
    var last = ContinuousClock.now
    var isShown = false
  }

  private let state = Mutex(State())

  /// Between two looks of it. What is done sooner shows none.
  private static let step = Duration.milliseconds(200)
  /// Back to the start of the line, and all of it erased.
  private static let erased = "\r\u{1B}[K"

  /// Nil where standard error is no terminal.
  init?() {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
  }

  func tell(_ progress: IngestWatch.Progress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.path != progress.path {
        state.path = progress.path
        state.start = now
        state.last = now
      }
      guard state.last.duration(to: now) >= Self.step else { return }
      state.last = now
      state.isShown = true
      let text = Self.text(progress, after: state.start.duration(to: now))
      Output.show(Self.erased + text)
    }
  }

  /// Takes the line away, before something else is written.
  func clear() {
    state.withLock { state in
      if state.isShown { Output.show(Self.erased) }
      state.isShown = false
    }
  }

  private static func text(_ progress: IngestWatch.Progress, after elapsed: Duration) -> String {
    let seconds = max(elapsed / .seconds(1), 0.001)
    var parts: [String] = []
    if let size = progress.size, size > 0 {
      parts.append("\(min(progress.bytes * 100 / size, 100)) % of \(megabytes(size))")
    } else {
      parts.append(megabytes(progress.bytes))
    }
    parts.append("\(ReadingText.count(Int64(Double(progress.lines) / seconds))) lines/s")
    if let size = progress.size, progress.bytes > 0, seconds >= 1 {
      let left = Double(max(size - progress.bytes, 0)) / Double(progress.bytes) * seconds
      parts.append("\(clock(Int(left.rounded(.up)))) left")
    }
    // The figures have their room, the path what is left of the line.
    let figures = parts.joined(separator: "  ")
    let room = width - 1 - figures.count - 2
    let path = DisplayWidth.cut(VisibleText.escaping(progress.path), to: max(room, 0))
    return room > 0 ? path + "  " + figures : String(figures.prefix(width - 1))
  }

  private static func megabytes(_ bytes: Int64) -> String {
    "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
  }

  /// As `1:05`, or `2:00:07`.
  private static func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
  }

  private static var width: Int {
    var size = winsize()
    let hasSize = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 20
    return hasSize ? Int(size.ws_col) : 80
  }
}
