internal import CLinux
internal import Dispatch

/// What is known of a file's bytes once all of them have been unpacked.
struct UnpackedFile: Sendable {
  let contentSHA256: [UInt8]
  let rawSHA256: [UInt8]
  /// Unpacked.
  let bytes: Int64
}

/// The first bytes of a file, unpacked.
struct FilePrefix: Sendable {
  let bytes: Int64
  let sha256: [UInt8]
}

/// Unpacks a file on a thread of its own, and cuts it into blocks of whole lines.
final class Unpacking: Sendable {
  enum Step: Sendable {
    case block(LineBlock)
    case end(UnpackedFile)
    case failed(InputError)
  }

  /// Where the blocks come from and are given back to.
  let pool = BlockPool()
  private let steps = BoundedQueue<Step>(capacity: mostWaiting)

  private static let mostWaiting = 4
  /// A block is handed on once it has so many bytes.
  private static let least = BlockPool.share / 4 * 3

  /// Starts a thread among `threads`; the last step is an end or a failure, unless it is cancelled. The
  /// file must begin as `expected`.
  init(
    _ path: String, stop: StopFlag, limits: UnpackingLimits = UnpackingLimits(),
    expected: FilePrefix? = nil,
    _ threads: DispatchGroup = DispatchGroup()
  ) {
    let (pool, steps) = (pool, steps)
    DispatchQueue(label: "ingest.unpack").async(group: threads) {
      fl_name_thread("unpack")
      do throws(InputError) {
        let source = try ByteSource(path, stop: stop, limits: limits)
        if let expected { source.expect(expected) }
        try Self.run(source, pool, steps)
      } catch {
        _ = steps.send(.failed(error))
      }
    }
  }

  private static func run(
    _ source: ByteSource, _ pool: BlockPool, _ steps: BoundedQueue<Step>
  ) throws(InputError) {
    var cutter = BlockCutter(source, longest: LineReader.longest, pool: pool)
    while pool.acquire(1), let block = try cutter.next(pool.spareBytes(), least: least) {
      guard steps.send(.block(block)) else { return }
    }
    try source.checkExpectation()
    let digests = source.finishDigests()
    let file = UnpackedFile(
      contentSHA256: digests.content, rawSHA256: digests.raw, bytes: source.count)
    _ = steps.send(.end(file))
  }

  /// Waits for the next step; nil once it is cancelled.
  func next() -> Step? { steps.receive() }

  /// Ends the thread.
  func cancel() {
    steps.cancel()
    pool.cancel()
  }
}
