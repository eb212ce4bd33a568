import Units

/// Writes JSON texts that differ in everything the grammar leaves open.
struct JSONGenerator {
  private var random: SeededGenerator
  private var keys = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func text() -> [UInt8] {
    var text = ""
    write(depth: 0, to: &text)
    return Array(text.utf8)
  }

  private mutating func write(depth: Int, to text: inout String) {
    space(&text)
    switch random.below(depth > 5 ? 5 : 8) {
    case 0: text += ["true", "false", "null"][random.below(3)]
    case 1: text += String(Int64(bitPattern: random.next()) >> Int64(random.below(64)))
    case 2: number(&text)
    case 3, 4: string(&text, prefix: "")
    case 5:
      text += "["
      for index in 0..<random.below(6) {
        if index > 0 { text += "," }
        write(depth: depth + 1, to: &text)
      }
      space(&text)
      text += "]"
    default:
      text += "{"
      let count = random.chance(1, in: 10) ? 40 + random.below(20) : random.below(6)
      for index in 0..<count {
        if index > 0 { text += "," }
        space(&text)
        keys += 1
        string(&text, prefix: "\(keys)")
        space(&text)
        text += ":"
        write(depth: depth + 1, to: &text)
      }
      space(&text)
      text += "}"
    }
    space(&text)
  }

  private mutating func space(_ text: inout String) {
    while random.chance(1, in: 5) { text += [" ", "\t", "\n", "\r"][random.below(4)] }
  }

  private mutating func number(_ text: inout String) {
    if random.chance(1, in: 2) { text += "-" }
    text += String(random.below(1_000))
    if random.chance(1, in: 2) { text += ".\(random.below(100_000))" }
    if random.chance(1, in: 2) {
      text += ["e", "E"][random.below(2)] + ["", "+", "-"][random.below(3)]
      text += String(random.below(20))
    }
  }

  private mutating func string(_ text: inout String, prefix: String) {
    let pieces = [
      "a", "tenant", "1234567", "12345678", " ", "é", "€", "😀", "\u{7F}", "\u{FFFD}", #"\n"#,
      #"\""#,
      #"\\"#, #"\/"#, #"\u0041"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\b\f\r\t"#,
    ]
    text += "\"" + prefix
    for _ in 0..<random.below(8) { text += pieces[random.below(pieces.count)] }
    text += "\""
  }

  /// `text` with a few bytes lost, doubled, swapped for others or cut off.
  mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    var text = text
    let others =
      Array("{}[]\",:\\0123456789.eE+-truefalsn \n\u{0}\u{1F}é😀".utf8) + [0xC0, 0xED, 0xFF]
    for _ in 0..<random.below(4) where !text.isEmpty {
      let at = random.below(text.count)
      switch random.below(5) {
      case 0: text.remove(at: at)
      case 1: text.insert(text[at], at: at)
      case 2: text.insert(others[random.below(others.count)], at: at)
      case 3: text[at] = others[random.below(others.count)]
      default: if random.chance(1, in: 4) { text.removeSubrange(at...) }
      }
    }
    return text
  }
}
