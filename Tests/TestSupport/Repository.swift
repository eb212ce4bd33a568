package import Foundation

/// Where the files beside the code stand.
package enum Repository {
  /// The folder that holds Package.swift.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file or folder by its path from the root: `fixtures/small_day/events.jsonl`.
  package static func path(_ relative: String) -> URL { root.appending(path: relative) }
}

/// A folder of a test's own under the system's temporary folder, removed when `body` is done.
package func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws
  -> Result
{
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "fallback-ledger-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer {
    // A folder that will not go is the system's to clean up; it changes no result.
    do { try FileManager.default.removeItem(at: folder) } catch {}
  }
  return try await body(folder)
}
