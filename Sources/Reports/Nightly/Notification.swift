/// The night in a few lines for a chat: plain text, whatever names hold.
extension NightlyReport {
  /// Ends with a `link` to where the page is.
  package func notification(link: String) -> String {
    var text = "Fallback Ledger, \(title) (UTC)\n"
    text +=
      headlines.map { headline in
        let unit = headline.unit.isEmpty ? "" : " \(headline.unit)"
        let change = headline.change.map { " (\($0.text))" } ?? ""
        return "\(headline.label) \(headline.value)\(unit)\(change)"
      }.joined(separator: "; ") + ".\n"
    if changes.isEmpty { text += "Nothing changed much.\n" }
    for (index, change) in changes.enumerated() { text += "\(index + 1). \(change.text)\n" }
    return Self.quiet(text) + Self.quiet(link) + "\n"
  }

  /// Chats take `@all` for everybody, `<!here>` for a call and backquotes for code: look-alikes mean
  /// nothing to them.
  static func quiet(_ text: String) -> String {
    String(
      text.map { character in
        switch character {
        case "@": "＠"
        case "<": "‹"
        case ">": "›"
        case "`": "'"
        case "*": "∗"
        case "~": "∼"
        default: character
        }
      })
  }
}
