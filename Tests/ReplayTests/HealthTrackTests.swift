import Testing
import Units

@testable import Replay

struct HealthTrackTests {
  @Test(
    "sums under a triangle are those of every bin by itself", arguments: 0..<40 as Range<UInt64>)
  func twin(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bins = Int.random(in: 1...90, using: &random)
    var track = HealthTrack(bins: bins)
    var tries = Array(repeating: 0, count: bins)
    var failures = tries
    for _ in 0..<Int.random(in: 0...200, using: &random) {
      let bin = Int.random(in: 0..<bins, using: &random)
      let failed = Bool.random(using: &random)
      track.add(bin, failed: failed)
      tries[bin] += 1
      failures[bin] += failed ? 1 : 0
    }
    track.close()
    for bin in 0..<bins {
      let width = Int.random(in: 1...130, using: &random)
      var slow = (tries: 0.0, failures: 0.0)
      for other in 0..<bins where abs(other - bin) < width {
        let weight = Double(width - abs(other - bin)) / Double(width)
        slow.tries += weight * Double(tries[other])
        slow.failures += weight * Double(failures[other])
      }
      let sums = track.sums(around: bin, width: width)
      #expect(abs(sums.tries - slow.tries) < 1e-9)
      #expect(abs(sums.failures - slow.failures) < 1e-9)
    }
    #expect(track.calls(from: 0, bins: bins) == Int64(tries.reduce(0, +)))
  }
}
