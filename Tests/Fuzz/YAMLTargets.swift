import LedgerStore
import MappingFile
import PolicyEngine
import PolicyFile
import Traffic

@testable import Ingest

/// Policies and mappings: read alike each time, and every mistake stands in the file.
enum YAMLTargets {
  static func policy(_ bytes: [UInt8]) {
    do throws(PolicyFileError) {
      let policy = try PolicyYAML.read(bytes)
      promise(
        (try? PolicyYAML.read(bytes))?.definition == policy.definition,
        "read otherwise the second time")
    } catch {
      check(error, bytes)
    }
  }

  static func mapping(_ bytes: [UInt8]) {
    do throws(PolicyFileError) {
      let mapping = try MappingYAML.read(bytes)
      var judge = LineJudge(FormatReaders(FormatSettings(mapping: mapping)))
      for line in FormatTargets.sampleLines { _ = judge.judge(line, as: .custom) }
    } catch {
      check(error, bytes)
    }
  }

  private static func check(_ error: PolicyFileError, _ bytes: [UInt8]) {
    promise(!error.mistakes.isEmpty, "refused without a mistake")
    // YAML breaks lines at these, and at three characters beyond ASCII.
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + bytes.count { $0 == 0xC2 || $0 == 0xE2 }
    for mistake in error.mistakes {
      promise(
        mistake.position.line >= 1 && mistake.position.column >= 1
          && mistake.position.line <= lines + 2,
        "a mistake in line \(mistake.position.line) of \(lines + 1)")
      promise(!mistake.what.isEmpty && !mistake.remedy.isEmpty, "a mistake without words")
    }
  }
}
