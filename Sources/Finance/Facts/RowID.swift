internal import CCrypto
package import Units

/// The name of a row, which a later correction gives as what it corrects: its month and a part of the
/// SHA-256 of its key, so that it is the same wherever the row stands.
package enum RowID {
  package static func of(_ key: FactKey, month: UTCMonth) -> String {
    "\(month)-\(SHA256.hex(key.text).prefix(16))"
  }
}

package enum SHA256 {
  /// In small hexadecimal digits.
  package static func hex(_ text: String) -> String { hex(Array(text.utf8)) }

  package static func hex(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    return digest.map { (String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)) }.joined()
  }
}
