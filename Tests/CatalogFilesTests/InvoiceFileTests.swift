import CatalogFiles
import Finance
import Testing
import Traffic
import Units

@Suite("Invoices and usage exports in their issuers' shapes")
struct InvoiceFileTests {
  private func read(_ text: String, _ issuer: InvoiceIssuer) throws -> [InvoiceLine] {
    try InvoiceFile.read(Array(text.utf8), issuer: issuer, name: "i")
  }

  private func openAI(_ item: String) throws -> InvoiceLine {
    let lines = try read(
      """
      {"object":"page","data":[{"object":"bucket","start_time":1790812800,"end_time":1790899200,
      "results":[{"object":"organization.costs.result","amount":{"value":1.5e-3,"currency":"usd"},
      "line_item":\(item),"project_id":null}]}],"has_more":false,"next_page":null}
      """, .openai)
    #expect(lines.count == 1)
    return try #require(lines.first)
  }

  @Test(
    "OpenAI's line items: a model and a kind of token, a tier before a bar, a tool",
    arguments: [
      ("\"gpt-5-2026-08-07, input\"", "gpt-5-2026-08-07", false, false),
      ("\"gpt-5-2026-08-07, cached input\"", "gpt-5-2026-08-07", true, false),
      ("\"batch | gpt-5-mini, output\"", "gpt-5-mini", false, true),
      ("\"priority | gpt-5, output, long context\"", "gpt-5", false, false),
      ("\"gpt-audio-mini-2025-12-15 audio, input\"", "gpt-audio-mini-2025-12-15", false, false),
      ("\"whisper-1\"", "whisper-1", false, false),
      ("\"web search tool calls\"", "", false, false), ("null", "", false, false),
    ])
  func lineItems(item: String, model: String, isCached: Bool, isBatch: Bool) throws {
    let line = try openAI(item)
    #expect(line.model == Name(model) && line.day.description == "2026-10-01")
    #expect(line.amount == Money(nanoUSD: 1_500_000))
    #expect(line.isCachedInput == isCached && line.isBatch == isBatch)
  }

  @Test("Anthropic's amounts are strings in cents; what is no call of a model names none")
  func anthropic() throws {
    let lines = try read(
      """
      {"data":[{"starting_at":"2026-10-01T00:00:00Z","ending_at":"2026-10-02T00:00:00Z","results":[
      {"currency":"USD","amount":"123.4567","cost_type":"tokens","model":"claude-opus-4",
       "service_tier":"batch","token_type":"cache_read_input_tokens"},
      {"currency":"USD","amount":"1","cost_type":"web_search","model":null,"token_type":null}]}],
      "has_more":false,"next_page":null}
      """, .anthropic)
    #expect(lines.map(\.amount.nanoUSD) == [1_234_567_000, 10_000_000])
    #expect(lines.map(\.model) == ["claude-opus-4", ""])
    #expect(lines[0].isBatch && lines[0].isCachedInput && !lines[1].isBatch)
  }

  @Test("OpenRouter's activity, as its interface answers and as its page exports it")
  func openRouter() throws {
    let answer = try read(
      """
      {"data":[{"date":"2026-10-01","model":"openai/gpt-4.1","usage":0.015,"requests":5}]}
      """, .openrouter)
    let export = try read(
      """
      generation_id,created_at,cost_total,byok_usage_inference,model_permaslug,app_name
      gen-1,2026-10-01 23:59:59.999,0.005,0,openai/gpt-4.1,"a, b"
      gen-2,2026-10-02 00:00:00.000,1e-05,0,openai/gpt-4.1,
      """, .openrouter)
    #expect(answer.map(\.amount.nanoUSD) == [15_000_000])
    #expect(export.map(\.amount.nanoUSD) == [5_000_000, 10_000])
    #expect(export.map(\.day.description) == ["2026-10-01", "2026-10-02"])
    #expect((answer + export).allSatisfy { $0.model == "openai/gpt-4.1" })
  }

  @Test(
    "half an answer, another currency and another shape are refused",
    arguments: [
      (#"{"data":[],"has_more":true,"next_page":"page_2"}"#, InvoiceIssuer.anthropic),
      (
        #"{"data":[{"starting_at":"2026-10-01T00:00:00Z","results":[{"currency":"EUR","amount":"1"}]}]}"#,
        .anthropic
      ),
      (#"{"data":[{"start_time":1790812800}]}"#, .openai), ("[]", .openrouter), ("x,y\n1,2", .csv),
      ("generation_id,created_at,cost_total,model_permaslug\ng,today,1,m", .openrouter),
    ])
  func refused(text: String, issuer: InvoiceIssuer) {
    #expect(throws: FileMistakes.self) { try read(text, issuer) }
  }
}
