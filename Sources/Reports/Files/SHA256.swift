internal import CCrypto

/// SHA-256 of a text (FIPS 180-4).
enum SHA256 {
  /// 32 bytes.
  static func digest(of text: String) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    var text = text
    text.withUTF8 { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }

  /// 64 hexadecimal digits.
  static func hex(of text: String) -> String {
    let digits = Array("0123456789abcdef")
    return digest(of: text).reduce(into: "") { hex, byte in
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
  }

  /// RFC 4648, as a page's policy names what it allows to run.
  static func base64(of text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = digest(of: text)
    var base64 = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var bits = part.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - part.count)
      for place in 0..<4 {
        base64.append(place <= part.count ? digits[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return base64
  }
}
