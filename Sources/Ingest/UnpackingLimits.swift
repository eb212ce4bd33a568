/// How far a packed file is followed. What asks for more than any log does is a mistake or a trap.
package struct UnpackingLimits: Sendable {
  /// Base 2 logarithm of the bytes that zstd may look back over, which take that much memory.
  let windowBits: Int32

  /// As zstd has it without `--long`: 128 MiB. With it, 2 GiB.
  static let usualWindow = 1 << 27

  /// A file may become so many times as large, at least ``always``. Copies of one line of a log become
  /// 12,000 times as large at most, those of one byte 32,000 times (libzstd 1.5, `zstd -3` to
  /// `zstd --ultra -22`).
  private static let ratio: Int64 = 20_000
  private static let always: Int64 = 4 << 30

  package init(isLong: Bool = false) { windowBits = isLong ? 31 : 27 }

  /// - Throws: ``InputError`` if so many bytes cannot be a log's, of a file read so far.
  func check(unpacked: Int64, packed: Int64, _ path: String) throws(InputError) {
    guard unpacked > Self.always, unpacked / Self.ratio > packed else { return }
    throw InputError(
      .undecodable, path,
      "becomes more than \(Self.ratio) times as large and \(Self.always >> 30) GiB when unpacked",
      remedy: "unpack it and look what it is; unpacked it has no limit")
  }
}
