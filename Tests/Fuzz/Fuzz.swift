import CatalogFiles
import Glibc
import Ingest
import MappingFile
import PolicyFile
import PolicyJSON
import StrictJSON

/// What libFuzzer calls with each input. Which reader gets it says `FUZZ_TARGET` (see `scripts/fuzz`).
///
/// A reader may refuse an input and may not trap, hang or grow without bound; what it takes must hold:
/// the lines of an input are its bytes, cut at every `\n`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  target(bytes)
  return 0
}

/// Chosen once.
private let target: ([UInt8]) -> Void = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  switch name {
  case "json": return json
  case "lines": return lines
  // Behind the bytes by which a packed file is told, so that no input is plain.
  case "zstd": return { unpack([0x28, 0xB5, 0x2F, 0xFD] + $0) }
  case "gzip": return { unpack([0x1F, 0x8B] + $0) }
  case "policy": return { _ = try? PolicyYAML.read($0) }
  case "mapping": return { _ = try? MappingYAML.read($0) }
  case "prices": return { _ = try? PriceFile.read($0, name: "fuzz", effectiveFrom: nil) }
  case "tenants": return { _ = try? TenantFile.read($0, name: "fuzz") }
  case "questions":
    return { bytes in
      var reader = QuestionReader()
      _ = try? reader.read(bytes)
    }
  default:
    guard let format = LogFormat(rawValue: name) else {
      fputs("FUZZ_TARGET `\(name)` is no target\n", stderr)
      exit(64)
    }
    return { bytes in
      withFile(bytes) { path in
        _ = try? LogPreview.read(path, format: format, settings: FormatSettings(), limit: 100)
      }
    }
  }
}()

/// A text that is taken is taken again as its own value.
private func json(_ bytes: [UInt8]) {
  var tape = JSONTape()
  guard (try? tape.parse(bytes)) != nil else { return }
  let source = Array(tape.source(JSONTape.root))
  do { try tape.parse(source) } catch { fatalError("what was taken is refused: \(error)") }
}

/// Lines and their ends are all that there is.
private func lines(_ bytes: [UInt8]) {
  let packed: [[UInt8]] = [[0x28, 0xB5, 0x2F, 0xFD], [0x1F, 0x8B], [0xFF, 0xFE], [0xFE, 0xFF]]
  guard !packed.contains(where: { bytes.starts(with: $0) }) else { return unpack(bytes) }
  var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  withFile(bytes) { path in
    do {
      try InputLines.forEach(in: path, wait: {}) { _, line in
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        var expected = rest[..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        if expected.last == 0x0D { expected.removeLast() }
        guard let line, line.elementsEqual(expected) else { fatalError("another line") }
      }
    } catch {
      // Skippable and framed zstd begin otherwise, and are refused where they are damaged.
      rest = []
    }
  }
  guard rest.isEmpty else { fatalError("\(rest.count) bytes are lost") }
}

private func unpack(_ bytes: [UInt8]) {
  withFile(bytes) { path in
    _ = try? InputLines.forEach(in: path, wait: {}) { _, _ in }
  }
}

/// A file in memory, used again for each input.
private let file = memfd_create("fuzz", 0)

private func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
  ftruncate(file, 0)
  pwrite(file, bytes, bytes.count, 0)
  body("/proc/self/fd/\(file)")
}
