import Units

extension PolicyReader {
  /// A whole number that is not negative.
  mutating func integer(_ node: YAMLTree, _ what: String) -> Int64? {
    if case .plain(let text) = node.content,
      text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), text == "0" || !text.hasPrefix("0"),
      let value = Int64(text)
    {
      return value
    }
    refuse(node, what, remedy: "write a whole number, 0 or more")
    return nil
  }

  mutating func count(_ node: YAMLTree, _ what: String) -> Int? {
    integer(node, what).map { Int($0) }
  }

  mutating func money(_ node: YAMLTree, _ what: String) -> Money? {
    if let text = decimalText(node) {
      let bytes = Array(text.utf8)
      do {
        let value = try Money(decimalUSD: bytes.span)
        if !DecimalText.isNegative(bytes.span) { return value }
      } catch {
        // Said below, with what is allowed.
      }
    }
    refuse(node, what, remedy: "write USD as a decimal number, 0 or more, such as 25 or 0.50")
    return nil
  }

  mutating func ratio(_ node: YAMLTree, _ what: String) -> Ratio? {
    if let text = decimalText(node) {
      let bytes = Array(text.utf8)
      do {
        let value = try Ratio(decimal: bytes.span)
        if !DecimalText.isNegative(bytes.span) { return value }
      } catch {
        // Said below, with what is allowed.
      }
    }
    refuse(node, what, remedy: "write a decimal number, 0 or more; 80 % is 0.80")
    return nil
  }

  /// Decimals may be quoted, as those of events may.
  private func decimalText(_ node: YAMLTree) -> String? {
    switch node.content {
    case .plain(let text), .string(let text): text
    case .sequence, .mapping, .refused: nil
    }
  }
}
