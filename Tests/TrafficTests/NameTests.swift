import Testing
import Traffic

@Suite("Name")
struct NameTests {
  private static let composed = Name("caf\u{E9}")
  private static let decomposed = Name("cafe\u{301}")

  @Test("is known by its bytes: two Unicode forms of one word are two names")
  func tellsFormsApart() {
    #expect(Self.composed.text == Self.decomposed.text)
    #expect(Self.composed != Self.decomposed)
    #expect(Set([Self.composed, Self.decomposed, "cafe"]).count == 3)
    #expect([Self.composed: 1, Self.decomposed: 2][Self.decomposed] == 2)
  }

  @Test("is the same however its text came about")
  func equalsItself() {
    let built = Name(["caf", "\u{E9}"].joined())
    #expect(built == Self.composed)
    #expect(built.hashValue == Self.composed.hashValue)
    #expect(Name("") == "")
  }

  @Test(
    "is ordered by its bytes",
    arguments: [
      ("", "a"), ("a", "aa"), ("Z", "a"), ("a", "b"), ("e\u{301}", "\u{E9}"), ("z", "\u{E9}"),
      ("\u{FFFD}", "\u{1F600}"), ("a\u{0}", "a!"),
    ])
  func ordersByBytes(low: String, high: String) {
    #expect(Name(low) < Name(high))
    #expect(!(Name(high) < Name(low)))
    #expect(!(Name(low) < Name(low)))
  }
}
