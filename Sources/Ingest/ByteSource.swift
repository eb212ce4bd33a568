/// The bytes of an input, unpacked where its first bytes say that it is packed (events.md: files are
/// told apart by their first bytes, not by their name).
final class ByteSource {
  enum Packing: String {
    case plain, zstd, gzip
    /// zstd as OpenTelemetry's Collector writes it: before each object its length in four bytes.
    case framedZstd = "zstd after lengths"
  }

  let packing: Packing
  private let file: RawFile
  private var unpacker: any Unpacker
  private let digest = Digest()
  private let limits: UnpackingLimits
  /// Unpacked bytes handed on.
  private(set) var count: Int64 = 0

  /// - Throws: ``InputError`` if the file cannot be opened.
  init(
    _ path: String, stop: StopFlag = StopFlag(), limits: UnpackingLimits = UnpackingLimits()
  ) throws(InputError) {
    self.limits = limits
    file = try RawFile(path, stop: stop)
    let input = try RawInput(file)
    let head = input.bytes
    packing = Self.packing(of: head)
    switch packing {
    case .plain:
      // Its bytes are its content.
      file.isDigested = false
      unpacker = PlainUnpacker(input)
    case .zstd: unpacker = try ZstdUnpacker(input, limits)
    case .gzip: unpacker = try GzipUnpacker(input)
    case .framedZstd: unpacker = try FramedZstdUnpacker(input, limits)
    }
    if head.isEmpty, path.hasSuffix(".zst") || path.hasSuffix(".gz") {
      throw InputError(
        .undecodable, path, "is empty, and no packed file is",
        remedy: "copy it again from where it was written")
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw InputError(
        .undecodable, path, "is UTF-16 text", remedy: "write it as UTF-8")
    }
  }

  /// Reads on into `buffer`; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    let count = try unpacker.read(into: buffer)
    try limits.check(unpacked: self.count + Int64(count), packed: packedCount, file.path)
    var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if let expected, expected.bytes <= self.count + Int64(count) {
      let before = Int(expected.bytes - self.count)
      digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<before]))
      bytes = UnsafeRawBufferPointer(rebasing: bytes[before...])
      guard digest.soFar() == expected.sha256 else { throw changed }
      self.expected = nil
    }
    digest.update(bytes)
    self.count += Int64(count)
    return count
  }

  private var expected: FilePrefix?

  /// Says how the file must begin.
  func expect(_ prefix: FilePrefix) { expected = prefix }

  /// - Throws: ``InputError`` if the file ended before what was expected of it.
  func checkExpectation() throws(InputError) { if expected != nil { throw changed } }

  private var changed: InputError {
    InputError(
      .changed, file.path, "begins otherwise than when half of it was taken in",
      remedy: "run the same command again")
  }

  /// The unpacked bytes handed on so far.
  var prefix: FilePrefix { FilePrefix(bytes: count, sha256: digest.soFar()) }

  /// Bytes of the file read so far, and all that it has; nil where nobody knows yet.
  var packedCount: Int64 { file.count }
  var packedSize: Int64? { file.size }

  /// SHA-256 of all unpacked bytes, and of all bytes of the file.
  func finishDigests() -> (content: [UInt8], raw: [UInt8]) {
    let content = digest.finish()
    return (content, packing == .plain ? content : file.finishDigest())
  }

  private static func packing(of head: ArraySlice<UInt8>) -> Packing {
    if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    // A skippable frame of zstd.
    if head.count >= 4, let first = head.first, first & 0xF0 == 0x50,
      head.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
    {
      return .zstd
    }
    if head.count >= 8, head.dropFirst(4).starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      return .framedZstd
    }
    return head.starts(with: [0x1F, 0x8B]) ? .gzip : .plain
  }
}
