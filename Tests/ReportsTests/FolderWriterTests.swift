import Glibc
import Reports
import Testing

@Suite("A folder written at once")
struct FolderWriterTests {
  /// A new folder, gone after `body`.
  func withFolder(_ body: (String) throws -> Void) throws {
    let path = "/tmp/reports-tests-\(UInt64.random(in: 0 ... .max))"
    try #require(mkdir(path, 0o700) == 0)
    defer { remove(tree: path) }
    try body(path)
  }

  func remove(tree path: String) {
    for entry in entries(of: path) { remove(tree: "\(path)/\(entry)") }
    #expect(Glibc.remove(path) == 0)
  }

  func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  @Test("2: is made, parents too, and replaced with exactly the new files")
  func replaced() throws {
    try withFolder { path in
      let parent = path + "/a/b/"
      try FolderWriter.replace(
        "day", in: parent, with: [.init(name: "one", text: "1"), .init(name: "two", text: "2")])
      #expect(entries(of: parent + "/day") == ["one", "two"])
      try FolderWriter.replace("day", in: parent, with: [.init(name: "one", text: "new")])
      #expect(entries(of: parent + "/day") == ["one"])
      #expect(Golden.read(parent + "/day/one") == "new")
      #expect(entries(of: parent) == ["day"], "nothing is left beside it")
    }
  }

  @Test("4: stays as it was where writing fails, and nothing is left beside it")
  func failure() throws {
    try withFolder { path in
      try FolderWriter.replace("day", in: path, with: [.init(name: "one", text: "old")])
      // The second file of one name cannot be made.
      let error = #expect(throws: WriteError.self) {
        try FolderWriter.replace(
          "day", in: path, with: [.init(name: "one", text: "new"), .init(name: "one", text: "x")])
      }
      #expect(error?.description.hasPrefix("\(path)/day cannot be written: ") == true)
      #expect(Golden.read(path + "/day/one") == "old")
      #expect(entries(of: path) == ["day"])
    }
  }

  @Test("is refused where a file has its name")
  func obstructed() throws {
    try withFolder { path in
      try FileWriter.replace(path + "/day", with: "a file")
      let error = #expect(throws: WriteError.self) {
        try FolderWriter.replace("day", in: path, with: [])
      }
      #expect(error?.description == "\(path)/day is not a folder; move it away")
      #expect(throws: WriteError.self) {
        try FolderWriter.replace("x", in: path + "/day", with: [])
      }
    }
  }

  @Test("a file is replaced, through a link too, and a folder is not")
  func file() throws {
    try withFolder { path in
      try FileWriter.replace(path + "/out.csv", with: "1\n")
      #expect(symlink("out.csv", path + "/link") == 0)
      try FileWriter.replace(path + "/link", with: "2\n")
      #expect(Golden.read(path + "/out.csv") == "2\n")
      #expect(entries(of: path) == ["link", "out.csv"])
      #expect(throws: WriteError.self) { try FileWriter.replace(path, with: "") }
      let error = #expect(throws: WriteError.self) {
        try FileWriter.replace(path + "/none/out.csv", with: "")
      }
      #expect(error?.what == "cannot be written: No such file or directory")
    }
  }

  @Test("what is no file takes the bytes and stays what it is")
  func device() throws {
    try FileWriter.replace("/dev/null", with: "gone")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }
}
