import Foundation
import TestSupport

/// A file under fixtures/prices.
func fixture(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: Repository.path("fixtures/prices/\(name)")))
}

/// What a reader says of a file it must refuse, a line for each mistake.
func refusal(_ read: () throws -> Void) -> String {
  do {
    try read()
    return "nothing"
  } catch {
    return "\(error)"
  }
}
