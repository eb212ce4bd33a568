package import Ingest
package import PolicyFile

/// Reads mapping files (docs/formats.md, "Any other log"), as strictly as policy files are read: a wrong
/// one is refused whole, with every mistake at once.
package enum MappingYAML {
  /// - Throws: ``PolicyFileError`` with every mistake of the file.
  package static func read(_ bytes: [UInt8]) throws(PolicyFileError) -> CustomMapping {
    let text = try YAMLText.checked(bytes)
    var log = MistakeLog()
    guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      log.add(.start, "the file is empty", remedy: "give at least `version` and `fields`")
      throw log.error
    }
    let root = try YAMLTree.parse(text, into: &log)
    var reader = MappingReader(log: log)
    reader.read(root)
    guard reader.log.isEmpty else { throw reader.log.error }
    return reader.mapping
  }
}
