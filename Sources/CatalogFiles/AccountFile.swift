package import Finance
internal import Traffic
internal import Units

/// A file that maps journal lines to the accounts of a general ledger, a line's kind a row.
package enum AccountFile {
  enum Column: String, CSVColumn {
    case line, name, account

    static let file = "a file of accounts"
  }

  /// - Throws: ``FileMistakes`` if anything in the file is wrong.
  package static func read(_ bytes: [UInt8], name: String) throws(FileMistakes) -> Accounts {
    let table = CSVTable<Column>(bytes, needed: [.line, .account])
    var mistakes = table.mistakes
    var accounts: [Accounts.Scope: Name] = [:]
    for row in table.rows {
      let kind = row.needed(.line, &mistakes, Self.kind)
      let scopeName = row.optional(.name, &mistakes, Cell.name)
      let account = row.needed(.account, &mistakes, Cell.name)
      guard let kind, let account else { continue }
      let scope = Accounts.Scope(kind: kind, name: scopeName)
      if accounts[scope] != nil {
        mistakes.append(row.mistake("this line has an account already", "keep one of the two"))
      }
      accounts[scope] = account
    }
    guard mistakes.isEmpty else { throw FileMistakes(file: name, mistakes) }
    return Accounts(accounts)
  }

  private static func kind(_ text: String) throws(UnitError) -> Accounts.Kind {
    guard let kind = Accounts.Kind(rawValue: text) else {
      throw UnitError(
        what: "`\(text)` is no line of the journal",
        remedy: "write one of \(Accounts.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return kind
  }
}
