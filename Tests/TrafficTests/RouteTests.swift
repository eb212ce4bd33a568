import Testing
import Traffic

@Suite("Route")
struct RouteTests {
  private static func route(_ model: String, _ group: Name? = nil) throws -> Route {
    Route(model: try #require(ModelID(model)), group: group)
  }

  @Test(
    "is the same by group where both have one, else by provider and model",
    arguments: [
      ("openai/gpt-5", nil, "openai/gpt-5", nil, true),
      ("openai/gpt-5", nil, "azure/gpt-5", nil, false),
      ("openai/gpt-5", nil, "openai/gpt-5-mini", nil, false),
      ("openai/gpt-5", "smart", "azure/gpt-5-eu", "smart", true),
      ("openai/gpt-5", "smart", "openai/gpt-5", "fast", false),
      ("openai/gpt-5", "smart", "openai/gpt-5", nil, true),
      ("openai/gpt-5", "smart", "azure/gpt-5", nil, false),
      ("openai/gpt-5", "caf\u{E9}", "openai/gpt-5", "cafe\u{301}", false),
    ] as [(String, Name?, String, Name?, Bool)])
  func comparesRoutes(model: String, group: Name?, other: String, otherGroup: Name?, same: Bool)
    throws
  {
    let (left, right) = (try Self.route(model, group), try Self.route(other, otherGroup))
    #expect(left.isSame(as: right) == same)
    #expect(right.isSame(as: left) == same)
    #expect(left.isSame(as: left))
  }

  @Test(
    "of numbers compares as that of names does",
    arguments: [
      (1, nil, 1, nil, true), (1, nil, 2, nil, false), (1, 7, 2, 7, true), (1, 7, 1, 8, false),
      (1, 7, 1, nil, true), (1, 7, 2, nil, false),
    ] as [(Int64, Int64?, Int64, Int64?, Bool)])
  func comparesKeys(model: Int64, group: Int64?, other: Int64, otherGroup: Int64?, same: Bool) {
    let (left, right) = (
      RouteKey(model: model, group: group), RouteKey(model: other, group: otherGroup)
    )
    #expect(left.isSame(as: right) == same)
    #expect(right.isSame(as: left) == same)
  }

  @Test("is printed as provider/model, and its group if it has one")
  func prints() throws {
    #expect(try Self.route("openai/gpt-5").description == "openai/gpt-5")
    #expect(try Self.route("openai/gpt-5", "smart").description == "openai/gpt-5 (smart)")
  }

  @Test(
    "a model splits at the first slash",
    arguments: [
      ("openai/gpt-5", "openai", "gpt-5"),
      ("openrouter/meta-llama/llama-3", "openrouter", "meta-llama/llama-3"), ("a//b", "a", "/b"),
    ])
  func splitsModels(text: String, provider: String, model: String) throws {
    let id = try #require(ModelID(text))
    #expect(id == ModelID(provider: Name(provider), model: Name(model)))
    #expect(id.description == text)
  }

  @Test("a model lacking either side is none", arguments: ["", "/", "gpt-5", "openai/", "/gpt-5"])
  func refusesModels(text: String) {
    #expect(ModelID(text) == nil)
  }

  @Test("models are ordered by provider, then model")
  func ordersModels() throws {
    let sorted = try ["a/b", "a/c", "a-/a", "b/a"].map { try #require(ModelID($0)) }
    #expect(sorted.reversed().sorted() == sorted)
  }
}
