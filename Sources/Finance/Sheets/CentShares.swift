internal import Units

/// Amounts rounded to cents so that they add up to the rounded sum.
///
/// Every amount is cut to the cent below it; the cents that are then missing from the rounded sum go
/// to those that lost most, of equals to the first (the method of the largest remainder).
package enum CentShares {
  /// - Parameters:
  ///   - amounts: in units of which a cent has `unit`.
  ///   - unit: of the amounts, in a cent.
  /// - Returns: cents, in the order of the amounts.
  package static func of(_ amounts: [Int128], unit: Int128) -> [Int128] {
    var cents: [Int128] = []
    var rests: [(rest: Int128, place: Int)] = []
    cents.reserveCapacity(amounts.count)
    for (place, amount) in amounts.enumerated() {
      var (quotient, rest) = amount.quotientAndRemainder(dividingBy: unit)
      if rest < 0 {
        quotient -= 1
        rest += unit
      }
      cents.append(quotient)
      if rest != 0 { rests.append((rest, place)) }
    }
    let total = amounts.reduce(0, +).dividedHalfEven(by: unit)
    let missing = total - cents.reduce(0, +)
    rests.sort { $0.rest != $1.rest ? $0.rest > $1.rest : $0.place < $1.place }
    for rest in rests.prefix(Int(missing)) { cents[rest.place] += 1 }
    return cents
  }
}
