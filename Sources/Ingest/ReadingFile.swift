internal import CLinux
internal import Dispatch

/// A file being read on two threads beside the ledger's writer: one unpacks it, one judges its lines.
final class ReadingFile: Sendable {
  private let unpacking: Unpacking
  private let steps = BoundedQueue<ReadStep>(capacity: mostWaiting)
  private let threads = DispatchGroup()

  /// Batches that wait for the writer, which takes in none while it derives requests. A batch holds
  /// about a megabyte.
  private static let mostWaiting = 16

  /// Starts to read; the last step is an end or a failure, unless the reading is cancelled. Once a stop
  /// is asked for the file ends where it is.
  /// Lines up to `resume`, where an earlier run got to, are passed over; a point to go on from is told
  /// every `stride` lines.
  init(
    _ path: String, format: LogFormat?,
    _ readers: FormatReaders = FormatReaders(FormatSettings()), stop: StopFlag,
    limits: UnpackingLimits = UnpackingLimits(), resume: ReadPoint? = nil, stride: Int64 = .max
  ) {
    let unpacking = Unpacking(path, stop: stop, limits: limits, expected: resume?.prefix, threads)
    let steps = steps
    self.unpacking = unpacking
    DispatchQueue(label: "ingest.read").async(group: threads) {
      fl_name_thread("read")
      defer { unpacking.cancel() }
      do {
        var reading = FileReading(path, format, readers, unpacking, steps, resume, stride)
        try reading.run()
      } catch let error as InputError {
        _ = steps.send(.failed(error))
      } catch {
        // Nobody waits for the rest.
      }
    }
  }

  /// What bounds the memory of the lines on their way.
  var pool: BlockPool { unpacking.pool }

  /// Waits for the next step; nil once the reading is cancelled.
  func next() -> ReadStep? { steps.receive() }

  /// Has the memory of lines used again that have been dealt with.
  func recycle(_ lines: consuming ReadLines) {
    if lines.isLastOfBlock { pool.recycle(lines.block) }
  }

  /// Ends both threads, and waits for them: a program that ends must not take from under them what they
  /// use. One that waits for input that does not come uses nothing, and is not waited for.
  func cancel() {
    steps.cancel()
    unpacking.cancel()
    _ = threads.wait(timeout: .now() + .milliseconds(500))
  }
}
