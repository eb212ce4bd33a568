internal import Glibc

/// The bytes of a file or of standard input as they stand, with their digest.
final class RawFile {
  let path: String
  private let descriptor: Int32
  private let digest = Digest()
  private(set) var count: Int64 = 0

  /// `-` is standard input.
  init(_ path: String) throws(InputError) {
    self.path = path
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
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(
          .missing, path, "cannot be read (\(String(cString: strerror(errno))))",
          remedy: "check the file and its permissions")
      }
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      self.count += Int64(count)
      return count
    }
  }

  /// SHA-256 of all bytes read.
  func finishDigest() -> [UInt8] { digest.finish() }

  /// SHA-256 of a file's bytes as they stand.
  static func sha256(_ path: String) throws(InputError) -> [UInt8] {
    let file = try RawFile(path)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      var failure: InputError?
      let count = buffer.withUnsafeMutableBytes { bytes -> Int in
        do throws(InputError) {
          return try file.read(into: bytes)
        } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      if count == 0 { return file.finishDigest() }
    }
  }
}
