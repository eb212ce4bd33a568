import Glibc
import Testing

/// Files that outputs must equal byte for byte. `UPDATE_GOLDEN=1` writes them anew: read the diff.
enum Golden {
  static func expect(
    _ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let folder = #filePath.replacing("Golden.swift", with: "Golden/")
    let path = folder + name
    if getenv("UPDATE_GOLDEN") != nil {
      let file = fopen(path, "w")
      #expect(fwrite(text, 1, text.utf8.count, file) == text.utf8.count)
      fclose(file)
    }
    #expect(text == read(path), "\(name)", sourceLocation: sourceLocation)
  }

  /// Nil if the file cannot be read.
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
