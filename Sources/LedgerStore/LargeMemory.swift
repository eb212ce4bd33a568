internal import Glibc

/// Memory for tables that are looked into at random.
package enum LargeMemory {
  /// Of a huge page.
  private static let hugePage = 2 << 20

  /// Memory of so many bytes, of whatever content, which `deallocate()` gives back. From some size on Linux
  /// is asked for huge pages: a look-up then seldom has to find out where its page is.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= 2 * hugePage else { return .allocate(byteCount: byteCount, alignment: 64) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: hugePage)
    // Where there are none it stays as it is.
    madvise(memory, byteCount, MADV_HUGEPAGE)
    return memory
  }

  /// The same for values of one type.
  package static func allocate<Value>(
    _ type: Value.Type, count: Int
  ) -> UnsafeMutablePointer<Value> {
    allocate(byteCount: max(1, count) * MemoryLayout<Value>.stride)
      .bindMemory(to: type, capacity: count)
  }
}
