/// A natural number of any size as decimal digits: slow, and plain enough to check others against.
package struct SlowNatural: Hashable, Sendable, CustomStringConvertible {
  /// Least significant first, no zeros at the end; zero has none.
  private var digits: [Int] = []

  /// - Parameter text: ASCII digits alone, as many as there are.
  package init(_ text: some StringProtocol) {
    digits = text.utf8.reversed().map { Int($0) - Int(UInt8(ascii: "0")) }
    trim()
  }

  package init(_ value: some BinaryInteger) { self.init(String(value)) }

  /// How many digits it is written with; none for zero.
  package var length: Int { digits.count }

  package static func + (left: SlowNatural, right: SlowNatural) -> SlowNatural {
    var sum = left
    for (place, digit) in right.digits.enumerated() { sum.add(digit, at: place) }
    return sum
  }

  package static func * (left: SlowNatural, right: SlowNatural) -> SlowNatural {
    var product = SlowNatural("")
    for (place, digit) in left.digits.enumerated() {
      for (otherPlace, otherDigit) in right.digits.enumerated() {
        product.add(digit * otherDigit, at: place + otherPlace)
      }
    }
    product.trim()
    return product
  }

  /// Times 10^`places`.
  package func raised(_ places: Int) -> SlowNatural {
    var result = self
    result.digits.insert(contentsOf: repeatElement(0, count: places), at: 0)
    result.trim()
    return result
  }

  /// Over 10^`places`, cut or rounded half to even.
  package func lowered(_ places: Int, halfEven: Bool) -> SlowNatural {
    var padded = digits
    while padded.count < places { padded.append(0) }
    var result = SlowNatural("")
    result.digits = Array(padded[places...])
    let cut = padded[..<places]
    if halfEven, let first = cut.last {
      let isTie = first == 5 && cut.dropLast().allSatisfy { $0 == 0 }
      let isOdd = (result.digits.first ?? 0) % 2 == 1
      if isTie ? isOdd : first >= 5 { result.add(1, at: 0) }
    }
    result.trim()
    return result
  }

  package var description: String {
    digits.isEmpty ? "0" : digits.reversed().map(String.init).joined()
  }

  private mutating func add(_ amount: Int, at start: Int) {
    var carry = amount
    var place = start
    while carry > 0 {
      while digits.count <= place { digits.append(0) }
      carry += digits[place]
      digits[place] = carry % 10
      carry /= 10
      place += 1
    }
  }

  private mutating func trim() { while digits.last == 0 { digits.removeLast() } }
}
