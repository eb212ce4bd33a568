import Testing
import Traffic

@Suite("Names that have no numbers")
struct UnboundedNamesTests {
  private static func names(_ texts: [AttributionField: String]) -> UnboundedNames {
    var names = UnboundedNames()
    for (field, text) in texts { names[field] = Array(text.utf8)[...] }
    return names
  }

  @Test("are the texts that they were given, and none of other fields")
  func texts() {
    var names = Self.names([.user: "u", .session: "a session"])
    #expect(names[.user].map { String(decoding: $0, as: UTF8.self) } == "u")
    #expect(names[.session].map { String(decoding: $0, as: UTF8.self) } == "a session")
    #expect(names[.thread] == nil && names[.tenant] == nil)
    names[.user] = []
    #expect(names[.user]?.isEmpty == true)
    names[.session] = nil
    #expect(names == Self.names([.user: ""]))
  }

  @Test("are equal by their bytes, wherever those stand")
  func equality() {
    let bytes = Array("xxu1t1".utf8)
    var places = UnboundedNames.Places()
    places[0] = 2..<4
    places[1] = 4..<6
    let own = Self.names([.user: "u1", .thread: "t1"])
    #expect(UnboundedNames(bytes, places) == own)
    #expect(UnboundedNames(bytes, places).hashValue == own.hashValue)
    #expect(own != Self.names([.user: "u1"]))
    #expect(own != Self.names([.user: "u1", .thread: "t2"]))
    #expect(own != Self.names([.user: "u1", .session: "t1"]))
    // Canonically equal, and not the same bytes.
    #expect(Self.names([.user: "\u{E9}"]) != Self.names([.user: "e\u{301}"]))
    #expect(Self.names([.user: ""]) != UnboundedNames())
  }

  @Test("count as given in their context, and contradict where the texts differ")
  func context() {
    var lowest = Context()
    lowest.unbounded = Self.names([.user: "u", .session: "s"])
    #expect(lowest.attribution[AttributionField.user.index] == 1)
    #expect(lowest.attribution[AttributionField.thread.index] == 0)
    var higher = Context()
    #expect(!higher.contradicts(lowest))
    higher.unbounded = Self.names([.session: "s"])
    #expect(!higher.contradicts(lowest) && higher != lowest)
    higher.unbounded = Self.names([.session: "S"])
    #expect(higher.contradicts(lowest))
    higher.unbounded = Self.names([.thread: "t"])
    #expect(higher.contradicts(lowest))
    #expect(higher.says(of: .tenant, sameAs: lowest) && !higher.says(of: .user, sameAs: lowest))
    for field in AttributionField.unbounded { higher.take(field, from: lowest) }
    #expect(higher == lowest)
  }
}
