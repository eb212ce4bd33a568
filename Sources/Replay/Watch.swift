/// Notes the steps of one request, for who wants to see them.
struct Watch {
  struct Entry {
    let weight: Double
    let gate: Gate
    let node: Int32
    let answer: DecisionTree.Answer
  }

  private(set) var entries: [Entry] = []
  private(set) var leaves: [Leaf] = []

  mutating func note(_ path: Path, _ gate: Gate, _ answer: DecisionTree.Answer) {
    entries.append(Entry(weight: path.weight, gate: gate, node: path.node, answer: answer))
  }

  mutating func note(_ leaf: Leaf) { leaves.append(leaf) }
}
