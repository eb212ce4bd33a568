/// The key by which an engine distributes rows: who pays, on one line and free of tabs.
///
/// Keys of the program's own begin with `!`; a tenant's name that does so is escaped, as are tabs, ends of
/// lines and backslashes. Two tenants never share a key.
package enum TenantKey {
  /// A line that was not admitted.
  package static let reject = "!reject"
  /// What a whole file came to.
  package static let file = "!file"
  /// A line that names no tenant: what a log says of a request apart from its calls.
  package static let none = "!none"

  /// The key of a tenant; nil: the line names none.
  package static func of(_ tenant: String?) -> String {
    guard let tenant, !tenant.isEmpty else { return none }
    let isPlain = tenant.utf8.allSatisfy { $0 > 0x1F && $0 != 0x7F && $0 != backslash }
    guard !isPlain || tenant.utf8.first == UInt8(ascii: "!") else { return tenant }
    var key: [UInt8] = []
    for (place, byte) in tenant.utf8.enumerated() {
      switch byte {
      case backslash: key += [backslash, backslash]
      case UInt8(ascii: "!") where place == 0: key += [backslash, byte]
      case 0..<0x20, 0x7F: key += Array("\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: key.append(byte)
      }
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static let backslash = UInt8(ascii: "\\")
}
