import Scale
import TestSupport
import Testing

@Suite("Keys of tenants")
struct TenantKeyTests {
  @Test("are one field of one line, and none of the program's own")
  func oneField() {
    let names = [
      "acme", "!reject", "!file", "!", "a\tb", "a\nb", "a\\x09b", "a\\b", "\\!reject", "\r", "é",
    ]
    let keys = names.map { TenantKey.of($0) }
    #expect(Set(keys).count == names.count)
    for key in keys {
      #expect(!key.isEmpty && !key.hasPrefix("!"))
      #expect(!key.utf8.contains { $0 < 0x20 })
    }
    #expect(
      keys[0] == "acme" && keys[1] == "\\!reject" && keys[4] == "a\\x09b" && keys[6] == "a\\\\x09b")
  }

  @Test("of a line without a tenant are the program's own", arguments: [nil, ""] as [String?])
  func none(name: String?) { #expect(TenantKey.of(name) == TenantKey.none) }
}
