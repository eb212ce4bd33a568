internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// The negotiated prices in the ledger.
enum ContractTable {
  /// Enters contracts; one of the same scope and first day as before takes its place.
  static func enter(_ database: Database, _ contracts: [ContractPrice]) throws {
    let insert = try RawStatement(
      database,
      """
      INSERT OR REPLACE INTO contract_price (provider, model, tenant, from_day, to_day,
        multiplier_billionths, input_usd, cached_input_usd, cache_write_usd, output_usd,
        per_request_usd)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for contract in contracts {
      insert.add(contract.scope.provider.text)
      insert.add(contract.scope.model?.text ?? "")
      insert.add(contract.scope.tenant?.text ?? "")
      insert.add(Int64(contract.from.daysSince1970))
      insert.add(contract.to.map { Int64($0.daysSince1970) })
      switch contract.terms {
      case .multiplier(let multiplier):
        insert.add(multiplier.billionths)
        for _ in 0..<5 { insert.add(nil as String?) }
      case .fixed(let prices, let perRequest):
        insert.add(nil as Int64?)
        insert.add(prices.input.description)
        insert.add(prices.cachedInput?.description)
        insert.add(prices.cacheWrite?.description)
        insert.add(prices.output.description)
        insert.add(perRequest.description)
      }
      try insert.run()
    }
  }

  static func book(_ database: Database) throws -> ContractBook { ContractBook(try all(database)) }

  static func all(_ database: Database) throws -> [ContractPrice] {
    var contracts: [ContractPrice] = []
    let read = try RawStatement(
      database,
      """
      SELECT provider, model, tenant, from_day, to_day, multiplier_billionths, input_usd,
        cached_input_usd, cache_write_usd, output_usd, per_request_usd
      FROM contract_price ORDER BY provider, model, tenant, from_day
      """)
    func name(_ column: Int32) -> Name? {
      let text = read.text(column)
      return text.isEmpty ? nil : Name(text)
    }
    while try read.step() {
      let terms: ContractPrice.Terms =
        if let billionths = read.optionalInt(5) {
          .multiplier(Multiplier(billionths: billionths))
        } else {
          .fixed(
            try PriceRows.prices(read, from: 6),
            perRequest: try UnitPrice(read.text(10), per: .one))
        }
      contracts.append(
        ContractPrice(
          scope: .init(provider: Name(read.text(0)), model: name(1), tenant: name(2)),
          from: UTCDay(daysSince1970: Int(read.int(3))),
          to: read.optionalInt(4).map { UTCDay(daysSince1970: Int($0)) }, terms: terms))
    }
    return contracts
  }
}
