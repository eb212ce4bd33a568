internal import CZlib

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
