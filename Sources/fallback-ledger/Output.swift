import Glibc
import Reports

/// Data goes to standard output, everything else to standard error (cli.md).
enum Output {
  /// - Throws: ``CommandFailure`` if it cannot be written; the program ends quietly where the reader
  ///   went away.
  static func data(_ text: String) throws {
    let code = write(text, to: STDOUT_FILENO)
    guard code != EPIPE else { exit(0) }
    try check(code)
  }

  /// Writes all of it, for a reader that must have all of it: one that goes away is an error too.
  static func whole(_ bytes: [UInt8]) throws { try check(write(bytes[...], to: STDOUT_FILENO)) }

  /// Closes standard output: nothing more comes, and what a close reveals is known before success is told.
  static func finish() throws { try check(close(STDOUT_FILENO) == 0 ? 0 : errno) }

  private static func check(_ code: Int32) throws {
    guard code == 0 else {
      throw CommandFailure(
        CommandFailure.writeError,
        "standard output cannot be written (\(String(cString: strerror(code)))); "
          + "check where it goes")
    }
  }

  static func note(_ line: String) { _ = write(line + "\n", to: STDERR_FILENO) }

  /// Puts text on standard error as it is, without an end of line.
  static func show(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// 0, or the error's number.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    write(Array(text.utf8)[...], to: descriptor)
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// For tables: colour only on a terminal and without `NO_COLOR`, and the width it has.
  static var renderer: TextRenderer {
    guard isTerminal else { return TextRenderer() }
    var size = winsize()
    let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 40
    let noColor = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
    return TextRenderer(width: hasSize ? Int(size.ws_col) : 80, isColored: noColor.isEmpty)
  }
}
