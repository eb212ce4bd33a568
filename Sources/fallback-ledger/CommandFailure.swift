import ArgumentParser
import CatalogFiles
import Ingest
import LedgerStore
import PolicyFile
import Reports

/// A failure as the program ends with it: one message and an exit code of cli.md.
struct CommandFailure: Error {
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let missingInput: Int32 = 66
  static let writeError: Int32 = 74
  static let locked: Int32 = 75
  static let foreignLedger: Int32 = 78

  let code: Int32
  let message: String

  init(_ code: Int32, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Nil for errors that the argument parser reports itself.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandFailure: self = error
    case let error as LedgerError: self.init(error.exitCode, error.description)
    case let error as InputError: self.init(error.exitCode, error.description)
    case let error as WriteError: self.init(Self.writeError, error.description)
    case let error as ReportError: self.init(Self.badData, error.description)
    case let error as FileMistakes: self.init(Self.badData, error.description)
    default: return nil
    }
  }
}

extension LedgerError {
  var exitCode: Int32 {
    switch kind {
    case .missing: CommandFailure.missingInput
    case .write: CommandFailure.writeError
    case .locked: CommandFailure.locked
    case .foreign: CommandFailure.foreignLedger
    case .data: CommandFailure.badData
    }
  }
}

extension InputError {
  var exitCode: Int32 {
    switch kind {
    case .missing: CommandFailure.missingInput
    case .undecodable, .changed: CommandFailure.badData
    case .unwritable: CommandFailure.writeError
    }
  }
}
