internal import Glibc

/// The bytes of a file or of standard input as they stand, with their digest.
final class RawFile {
  let path: String
  private let descriptor: Int32
  private let digest = Digest()
  /// Whether what is read from now on is digested.
  var isDigested = true
  private let stop: StopFlag
  private(set) var count: Int64 = 0

  /// `-` is standard input. Once a stop is asked for, the file is at its end.
  init(_ path: String, stop: StopFlag = StopFlag()) throws(InputError) {
    self.path = path
    self.stop = stop
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(
        .missing, path, "cannot be opened (\(String(cString: strerror(errno))))",
        remedy: "check the path and its permissions")
    }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// Reads on into `buffer`; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
    while true {
      guard waitForInput() else { return 0 }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(
          .missing, path, "cannot be read (\(String(cString: strerror(errno))))",
          remedy: "check the file and its permissions")
      }
      if isDigested { digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
      self.count += Int64(count)
      return count
    }
  }

  /// How many bytes there are; nil where nobody knows yet.
  var size: Int64? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Who writes standard input may take hours over the next line; a stop does not wait for it. False
  /// once one is asked for.
  private func waitForInput() -> Bool {
    while stop.signal == nil {
      guard descriptor == STDIN_FILENO else { return true }
      var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&input, 1, 200) != 0 { return true }
    }
    return false
  }

  /// SHA-256 of all bytes read.
  func finishDigest() -> [UInt8] { digest.finish() }

  /// SHA-256 of a file's bytes as they stand.
  static func sha256(_ path: String, stop: StopFlag) throws(InputError) -> [UInt8] {
    let file = try RawFile(path, stop: stop)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try buffer.fill { (room) throws(InputError) in try file.read(into: room) }
      if count == 0 { return file.finishDigest() }
    }
  }
}

extension [UInt8] {
  /// Has the bytes from `start` on filled; how many, `read` says.
  mutating func fill(
    from start: Int = 0, _ read: (UnsafeMutableRawBufferPointer) throws(InputError) -> Int
  ) throws(InputError) -> Int {
    // The standard library's access to the bytes does not pass typed errors on.
    let result = withUnsafeMutableBytes { bytes in
      Result { () throws(InputError) in
        try read(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
      }
    }
    return try result.get()
  }
}
