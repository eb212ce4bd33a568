import Testing

@testable import CatalogFiles

struct LiteLLMNameTests {
  @Test(
    "a key names the model that LiteLLM's logs name",
    arguments: [
      // Rule 1: the key names its provider.
      ("azure/eu/gpt-5.1", "azure", "azure", "eu/gpt-5.1"),
      (
        "bedrock/us-east-1/anthropic.claude-v1", "bedrock", "bedrock",
        "us-east-1/anthropic.claude-v1"
      ),
      ("perplexity/openai/gpt-5.5", "perplexity", "perplexity", "openai/gpt-5.5"),
      ("vertex_ai/claude-haiku-4-5", "vertex_ai-anthropic_models", "vertex_ai", "claude-haiku-4-5"),
      ("vertex_ai/meta/llama-3.1", "vertex_ai-llama_models", "vertex_ai", "meta/llama-3.1"),
      (
        "fireworks_ai/thenlper/gte", "fireworks_ai-embedding-models", "fireworks_ai", "thenlper/gte"
      ),
      ("azure/gpt-35-turbo-instruct", "azure_text", "azure", "gpt-35-turbo-instruct"),
      ("bedrock/converse/x", "bedrock_converse", "bedrock", "converse/x"),
      ("amazon-nova/nova-micro-v1", "amazon_nova", "amazon_nova", "nova-micro-v1"),
      (
        "text-completion-codestral/x", "text-completion-codestral", "text-completion-codestral", "x"
      ),
    ])
  func explicit(key: String, provider: String, named: String, model: String) {
    let name = LiteLLMName(key: key, provider: provider)
    #expect(name.provider == named)
    #expect(name.model == model)
    #expect(name.isExplicit)
  }

  @Test(
    "a key that does not name its provider is the model",
    arguments: [
      ("gpt-5-mini", "openai", "openai"),
      ("claude-haiku-4-5-20251001", "anthropic", "anthropic"),
      ("gemini-2.5-flash", "vertex_ai-language-models", "vertex_ai"),
      ("fireworks-ai-embedding-up-to-150m", "fireworks_ai-embedding-models", "fireworks_ai"),
      ("anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock_converse", "bedrock"),
      ("ai21.j2-mid-v1", "bedrock", "bedrock"),
      ("command-r-08-2024", "cohere_chat", "cohere_chat"),
      ("davinci-002", "text-completion-openai", "text-completion-openai"),
      ("low/1024-x-1024/gpt-image-1.5", "openai", "openai"),
      // Only up to a boundary: `vertex` is, `ver` is not the beginning of a name.
      ("ver/x", "vertex_ai", "vertex_ai"),
      ("openai_like/x", "openai", "openai"),
      ("/x", "openai", "openai"),
    ])
  func bare(key: String, provider: String, named: String) {
    let name = LiteLLMName(key: key, provider: provider)
    #expect(name.provider == named)
    #expect(name.model == key)
    #expect(!name.isExplicit)
  }
}
