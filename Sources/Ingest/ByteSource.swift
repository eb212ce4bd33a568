internal import CZlib
internal import CZstd

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

/// The packed bytes that wait to be unpacked.
final class RawInput {
  let file: RawFile
  private var buffer: [UInt8]
  private(set) var start = 0
  private(set) var end = 0

  init(_ file: RawFile) throws(InputError) {
    self.file = file
    buffer = [UInt8](repeating: 0, count: 1 << 17)
    _ = try fill()
  }

  var bytes: ArraySlice<UInt8> { buffer[start..<end] }
  var count: Int { end - start }

  /// Reads more if nothing is left; false at the end of the file.
  func fill() throws(InputError) -> Bool {
    guard start == end else { return true }
    let file = file
    let count = try buffer.fill { (room) throws(InputError) in try file.read(into: room) }
    start = 0
    end = count
    return end > 0
  }

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  func take(_ count: Int) { start += count }

  func failure(_ what: String) -> InputError {
    InputError(.undecodable, file.path, what, remedy: "copy it again from where it was written")
  }
}

protocol Unpacker {
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int
}

struct PlainUnpacker: Unpacker {
  private let input: RawInput

  init(_ input: RawInput) { self.input = input }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    guard try input.fill() else { return 0 }
    let count = min(buffer.count, input.count)
    input.withBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    input.take(count)
    return count
  }
}

/// zstd, of any number of frames. A file that ends inside a frame is an error, not an end.
final class ZstdUnpacker: Unpacker {
  private let input: RawInput
  private let stream: OpaquePointer?
  /// What libzstd said last: 0 between frames.
  private var wanted = 0
  /// The last call filled the buffer, so more may wait inside libzstd.
  private var mayHoldMore = false

  init(_ input: RawInput, _ limits: UnpackingLimits) throws(InputError) {
    self.input = input
    stream = ZSTD_createDStream()
    guard stream != nil else { throw input.failure("needs more memory than there is") }
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, limits.windowBits)
  }

  deinit { ZSTD_freeDStream(stream) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    while true {
      if !mayHoldMore, try !input.fill() {
        guard wanted == 0 else { throw input.failure("ends inside a zstd frame: it is cut") }
        return 0
      }
      var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      let (code, taken) = input.withBytes { bytes -> (Int, Int) in
        var packed = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        let code = ZSTD_decompressStream(stream, &out, &packed)
        return (code, packed.pos)
      }
      guard ZSTD_getErrorCode(code) != ZSTD_error_frameParameter_windowTooLarge else {
        throw InputError(
          .undecodable, input.file.path,
          "needs a zstd window of more than \(UnpackingLimits.usualWindow >> 20) MiB",
          remedy: "give --long if there is memory for it, or compress it without --long")
      }
      guard ZSTD_isError(code) == 0 else {
        throw input.failure("is damaged zstd (\(String(cString: ZSTD_getErrorName(code))))")
      }
      input.take(taken)
      mayHoldMore = out.pos == out.size
      // A call that neither took nor gave says nothing about the frame.
      if taken > 0 || out.pos > 0 { wanted = code }
      if out.pos > 0 { return out.pos }
    }
  }
}

/// gzip, of any number of members.
final class GzipUnpacker: Unpacker {
  private let input: RawInput
  /// zlib keeps the address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isInMember = false
  private var mayHoldMore = false

  init(_ input: RawInput) throws(InputError) {
    self.input = input
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 more than the window's size asks for gzip's framing.
    let code = inflateInit2_(
      stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw input.failure("needs more memory than there is") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    let room = UInt32(clamping: buffer.count)
    while true {
      if !mayHoldMore, try !input.fill() {
        guard !isInMember else { throw input.failure("ends inside a gzip member: it is cut") }
        return 0
      }
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      let (code, left) = input.withBytes { bytes -> (Int32, Int) in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        let code = inflate(stream, Z_NO_FLUSH)
        return (code, Int(stream.pointee.avail_in))
      }
      input.take(input.count - left)
      let count = Int(room - stream.pointee.avail_out)
      switch code {
      case Z_OK, Z_BUF_ERROR:
        isInMember = true
        mayHoldMore = count == Int(room)
      case Z_STREAM_END:
        isInMember = false
        mayHoldMore = false
        inflateReset(stream)
      default:
        throw input.failure("is damaged gzip")
      }
      if count > 0 { return count }
    }
  }
}
