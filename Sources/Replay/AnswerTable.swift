/// Answers by question, found without hashing more than one number.
struct AnswerTable {
  private var keys: [UInt64]
  private var places: [Int32]
  private var answers: [DecisionTree.Answer] = []

  private static let free = UInt64.max

  init() {
    keys = Array(repeating: Self.free, count: 256)
    places = Array(repeating: 0, count: 256)
  }

  /// The key is below the greatest number of 64 bits.
  func answer(_ key: UInt64) -> DecisionTree.Answer? {
    var slot = slot(key)
    while keys[slot] != Self.free {
      if keys[slot] == key { return answers[Int(places[slot])] }
      slot = (slot + 1) & (keys.count - 1)
    }
    return nil
  }

  /// Keeps an answer to a question that has none yet.
  mutating func keep(_ answer: DecisionTree.Answer, for key: UInt64) {
    if 2 * (answers.count + 1) > keys.count { grow() }
    enter(key, Int32(answers.count))
    answers.append(answer)
  }

  private func slot(_ key: UInt64) -> Int {
    // The upper half of a product has all of the key in it (Knuth's multiplicative hashing).
    Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 32) & (keys.count - 1)
  }

  private mutating func enter(_ key: UInt64, _ place: Int32) {
    var slot = slot(key)
    while keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    places[slot] = place
  }

  private mutating func grow() {
    let old = zip(keys, places).filter { $0.0 != Self.free }
    let size = 2 * keys.count
    keys = Array(repeating: Self.free, count: size)
    places = Array(repeating: 0, count: size)
    for (key, place) in old { enter(key, place) }
  }
}
