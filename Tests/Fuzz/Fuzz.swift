import Glibc
import Ingest

// A fuzzer's target: `fuzz TARGET [options of libFuzzer] CORPUS…`. Built by scripts/fuzz alone.

/// What is fuzzed. A body stops the program where an input breaks what the readers promise.
enum Target: String, CaseIterable {
  case json, lines, unpack, policy, mapping, prices, tenants
  // Log formats.
  case native, litellm, otel, bifrost, portkey, openrouter, helicone, cloudflare, custom

  var body: ([UInt8]) -> Void {
    switch self {
    case .json: JSONTarget.run
    case .lines: LinesTarget.run
    case .unpack: UnpackTarget.run
    case .policy: YAMLTargets.policy
    case .mapping: YAMLTargets.mapping
    case .prices: CatalogTargets.prices
    case .tenants: CatalogTargets.tenants
    case .native: { FormatTargets.run($0, as: .native) }
    case .litellm: { FormatTargets.run($0, as: .litellm) }
    case .otel: { FormatTargets.run($0, as: .otel) }
    case .bifrost: { FormatTargets.run($0, as: .bifrost) }
    case .portkey: { FormatTargets.run($0, as: .portkey) }
    case .openrouter: { FormatTargets.run($0, as: .openrouter) }
    case .helicone: { FormatTargets.run($0, as: .helicone) }
    case .cloudflare: { FormatTargets.run($0, as: .cloudflare) }
    case .custom: { FormatTargets.run($0, as: .custom) }
    }
  }
}

// Set once before the first input, and only read afterwards.
nonisolated(unsafe) private var body: ([UInt8]) -> Void = { _ in }

/// Stops the program, which libFuzzer takes for a crash and keeps the input of.
func promise(_ holds: @autoclosure () -> Bool, _ what: @autoclosure () -> String) {
  if !holds() { fatalError("broken: \(what())") }
}

/// What the fuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  body([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// What the fuzzer calls first, with the arguments: the target's name is taken from them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let given = arguments.pointee
  guard count.pointee > 1, let name = given[1], let target = Target(rawValue: String(cString: name))
  else {
    for target in Target.allCases { print(target.rawValue) }
    exit(64)
  }
  body = target.body
  given[1] = given[0]
  arguments.pointee = given + 1
  count.pointee -= 1
  return 0
}
