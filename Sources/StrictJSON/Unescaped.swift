/// Resolves the escapes of a JSON string that ``Scanner`` has found well-formed.
enum Unescaped {
  static func bytes(of raw: some RandomAccessCollection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var at = raw.startIndex
    func take(_ count: Int) -> UInt32 {
      var value: UInt32 = 0
      for _ in 0..<count {
        value = value << 4 | UInt32(hexValue(raw[at]) ?? 0)
        at = raw.index(after: at)
      }
      return value
    }
    while at != raw.endIndex {
      let byte = raw[at]
      at = raw.index(after: at)
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      let letter = raw[at]
      at = raw.index(after: at)
      switch letter {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = take(4)
        if scalar & 0xFC00 == 0xD800 {
          at = raw.index(at, offsetBy: 2)
          scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (take(4) & 0x3FF))
        }
        if let unicode = Unicode.Scalar(scalar) {
          result.append(contentsOf: UTF8.encode(unicode) ?? .init())
        }
      default: result.append(letter)
      }
    }
    return result
  }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
