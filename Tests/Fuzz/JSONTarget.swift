import Foundation
import StrictJSON

/// The strict reader beside Foundation's: what it takes Foundation takes too.
enum JSONTarget {
  static func run(_ bytes: [UInt8]) {
    var tape = JSONTape()
    let isStrict = (try? tape.parse(bytes)) != nil
    guard isStrict else { return }
    // Foundation takes numbers into doubles and refuses those that are too large.
    guard !bytes.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }), bytes.count < 300 else {
      return
    }
    let isLoose =
      (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
    promise(isLoose, "taken, and refused by Foundation")
  }
}
