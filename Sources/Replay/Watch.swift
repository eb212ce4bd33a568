/// Notes the steps of one request, for who wants to see them.
struct Watch {
  struct Entry {
    let weight: Double
    let line: Int
    let gate: Gate
    let node: Int32
    let isRecorded: Bool?
  }

  private(set) var entries: [Entry] = []
  private(set) var leaves: [Leaf] = []

  mutating func note(_ path: Path, _ gate: Gate, isRecorded: Bool?) {
    entries.append(
      Entry(
        weight: path.way.weight, line: path.lines, gate: gate, node: path.node,
        isRecorded: isRecorded))
  }

  mutating func note(_ leaf: Leaf) { leaves.append(leaf) }
}
