import PolicyEngine
import PolicyFile
import Simulation
import Testing
import Traffic
import Units

/// Small worlds for tests; what is not said is as `simulate` has it.
enum SampleWorlds {
  static let firstDay = UTCDay(daysSince1970: 20_727)  // 2026-10-01

  static func make(
    seed: UInt64 = 1, days: Int = 7, requests: Int = 600, tenants: Int = 8,
    outages: [Outage] = [], preset: PolicyPreset = .fiveClass
  ) throws -> World {
    try World(
      seed: seed, firstDay: firstDay, days: days, requests: requests, tenants: tenants,
      outages: outages, policy: try PolicyYAML.read(preset.yaml),
      prices: BuiltInPrices.catalog(from: firstDay))
  }

  static func outage(_ provider: Name, _ from: String, _ to: String) throws -> Outage {
    Outage(
      provider: provider, from: try #require(Timestamp(from)), to: try #require(Timestamp(to)))
  }

  static func text(_ world: World) -> String {
    Simulator(world).map { $0.map { EventText.line($0) + "\n" }.joined() }.joined()
  }
}
