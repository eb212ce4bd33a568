import Pricing
import Traffic
import Units

/// Writes what a ledger needs beside a world's events, in the formats of cli.md.
package enum CatalogText {
  /// The price file.
  package static func prices(_ world: World) -> String {
    let header = [
      "provider", "model", "effective_from", "input_usd_per_million",
      "cached_input_usd_per_million", "cache_write_usd_per_million", "output_usd_per_million",
      "per_request_usd", "threshold_input_tokens", "above_input_usd_per_million",
      "above_cached_input_usd_per_million", "above_cache_write_usd_per_million",
      "above_output_usd_per_million",
    ]
    let rows = world.prices.rows.map { row in
      let band = row.price.bands.first
      let perRequest = row.price.perRequest
      return [row.model.provider.text, row.model.model.text, row.effectiveFrom.description]
        + cells(row.price.base)
        + [
          perRequest == .zero ? "" : perRequest.description,
          band.map { String($0.aboveInputTokens) } ?? "",
        ]
        + (band.map { cells($0.prices) } ?? ["", "", "", ""])
    }
    return text([header] + rows)
  }

  private static func cells(_ prices: TokenPrices) -> [String] {
    [
      prices.input.perMillion, prices.cachedInput?.perMillion ?? "",
      prices.cacheWrite?.perMillion ?? "", prices.output.perMillion,
    ]
  }

  /// The tenants file.
  package static func tenants(_ world: World) -> String {
    text(
      [["tenant_id", "tier", "effective_from", "monthly_budget_usd"]]
        + world.tenants.map { tenant in
          [
            tenant.name.text, tenant.tier.text, world.firstDay.month.firstDay.description,
            tenant.monthlyBudget.map(dollars) ?? "",
          ]
        })
  }

  /// Of an amount in whole cents: `3.31`.
  private static func dollars(_ amount: Money) -> String {
    DecimalText.text(Int128(amount.nanoUSD) / 10_000_000, places: 2)
  }

  /// RFC 4180, with line feeds as the program's own reports have them.
  private static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(cell).joined(separator: ",") + "\n" }.joined()
  }

  private static func cell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
