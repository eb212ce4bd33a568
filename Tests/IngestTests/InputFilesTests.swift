import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ingest

@Suite("Finding logs")
struct InputFilesTests {
  /// Makes empty files in a folder and says what is found below it, without the folder's path.
  private func found(
    _ files: [String], _ prepare: (URL) throws -> Void = { _ in }
  ) async throws -> [String] {
    try await withTemporaryFolder { folder in
      for name in files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
      }
      try prepare(folder)
      let found = try InputFiles.find([folder.path])
      #expect(try InputFiles.find([folder.path + "/"]) == found)
      return found.map { String($0.dropFirst(folder.path.count + 1)) }
    }
  }

  @Test("44: a folder stands for the logs in and below it, by their paths' bytes")
  func folder() async throws {
    let logs = [
      "B.jsonl", "a.jsonl", "b/1.jsonl.zst", "b/c/d/2.jsonl.gz", "c.ndjson", "d.json.gz", "e.json",
      "\u{E9}.jsonl",
    ]
    let others = [
      ".hidden.jsonl", ".git/x.jsonl", "notes.txt", "a.jsonl.bak", "a.jsonl.bz2", "jsonl", "a.csv",
      "b/a.jsonl~",
    ]
    #expect(try await found(logs.reversed() + others) == logs)
  }

  @Test("links to files are followed, links to folders are not, and a loop is no trap")
  func links() async throws {
    let found = try await found(["a.jsonl", "b/c.jsonl"]) { folder in
      symlink("a.jsonl", folder.appending(path: "link.jsonl").path)
      symlink("..", folder.appending(path: "b/up.jsonl").path)
      symlink("..", folder.appending(path: "b/up").path)
    }
    #expect(found == ["a.jsonl", "b/c.jsonl", "link.jsonl"])
  }

  @Test("a link that leads nowhere is a log that cannot be read, not one to pass over")
  func dangling() async throws {
    let found = try await found(["a.jsonl"]) { folder in
      symlink("/nowhere", folder.appending(path: "b.jsonl").path)
      symlink("/nowhere", folder.appending(path: "b.txt").path)
    }
    #expect(found == ["a.jsonl", "b.jsonl"])
  }

  @Test("44: a name that is not UTF-8 is said, not passed over")
  func notUTF8() async throws {
    await #expect(throws: InputError.self) {
      try await found(["a.jsonl"]) { folder in
        var path = Array(folder.path.utf8CString.dropLast())
        path += [0x2F, CChar(bitPattern: 0xFF)] + ".jsonl".utf8CString
        close(creat(path, 0o600))
      }
    }
  }

  @Test("44: what is neither a file nor a folder is refused")
  func pipe() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "pipe.jsonl").path
      mkfifo(path, 0o600)
      let error = #expect(throws: InputError.self) { try InputFiles.find([path]) }
      #expect(error?.kind == .missing)
      let inFolder = #expect(throws: InputError.self) { try InputFiles.find([folder.path]) }
      #expect(inFolder?.what == "has no logs in it")
    }
  }

  @Test("paths are taken in the order given, standard input among them")
  func order() async throws {
    try await withTemporaryFolder { folder in
      for name in ["b.txt", "a.jsonl"] { try Data().write(to: folder.appending(path: name)) }
      let (a, b) = (folder.appending(path: "a.jsonl").path, folder.appending(path: "b.txt").path)
      #expect(try InputFiles.find([b, "-", a]) == [b, "-", a])
    }
  }
}
