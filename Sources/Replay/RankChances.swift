/// How likely a call is refused for its rate, by its place among the calls of its group within a
/// minute, from 1. It never falls as the place rises.
struct RankChances: Sendable {
  /// Places up to this one stand for themselves; beyond it a sixteenth of them share a step.
  private static let exact = 16

  private var places: [Double] = []
  private var chances: [Double] = []
  /// How far the refusals of the places are from all places' share, in units of chance alone.
  private(set) var deviation = 0.0
  /// Refusals beyond those that the first place would have.
  private(set) var excess = 0.0

  init(_ calls: [(place: Double, isRefused: Bool)]) {
    var steps: [(tries: Double, refused: Double, places: Double)] = []
    for call in calls {
      let step = Self.step(call.place)
      while steps.count <= step { steps.append((0, 0, 0)) }
      steps[step].tries += 1
      steps[step].refused += call.isRefused ? 1 : 0
      steps[step].places += call.place
    }
    let seen = steps.filter { $0.tries > 0 }
    places = seen.map { $0.places / $0.tries }
    chances = Monotone.rising(seen.map { ($0.tries, $0.refused) })
    let tries = seen.reduce(0) { $0 + $1.tries }
    let share = seen.reduce(0) { $0 + $1.refused } / max(1, tries)
    guard share > 0, share < 1, let least = chances.first else { return }
    for (step, chance) in zip(seen, chances) {
      deviation += step.tries * (chance - share) * (chance - share) / (share * (1 - share))
      excess += step.tries * (chance - least)
    }
  }

  private static func step(_ place: Double) -> Int {
    var step = max(0, Int(place) - 1)
    guard step >= exact else { return step }
    // Steps grow with the place: 1, 2, 4 … places each, sixteen steps of a kind.
    var (width, first, at) = (1, exact, exact)
    while step >= first + 16 * width {
      first += 16 * width
      width *= 2
      at += 16
    }
    step = at + (step - first) / width
    return step
  }

  /// Between two places that were seen it rises evenly; beyond the last one it stays.
  func chance(_ place: Double) -> Double { Monotone.value(at: place, places, chances) }
}
