import PolicyEngine
import Pricing
import Traffic
import Units

extension Walk {
  /// The end of a way as far as it is walked.
  mutating func settle(_ path: Path, serving: Serving?, asRecorded: Bool = false) {
    var status: RequestStatus
    if let serving {
      status = self.status(ofServing: serving.route)
    } else if path.answered == .cachedResponse {
      status = .servedCached
    } else if path.answered == .defaultResponse {
      status = .servedDefault
    } else if path.wasPutOff {
      status = .deferred
    } else {
      status = asRecorded ? .failed : path.wasRejected ? .rejected : .failed
    }
    if !path.isInStep || path.lines != Int(request.lineCount) { hasLeftLog = true }
    end(path.way, serving: serving, status: status)
  }

  func status(ofServing route: Int) -> RequestStatus {
    let primary = trace.profiles[Int(request.profile)].primary
    return tree.isSame(route, primary) ? .servedPrimary : .servedFallback
  }

  /// Adds the end of a way to the sums.
  mutating func end(_ way: Way, serving: Serving?, status: RequestStatus) {
    if way.isWhole {
      requestCost.exact &+= way.cost.exact
    } else {
      requestCost.expected += way.weight * way.cost.value
    }
    var leaf = Leaf(way: way, status: status, serving: serving)
    judge(&leaf)
    let slot =
      dimension.isEmpty
      ? slot
      : sums.slot(
        group: request.group,
        leaf: dimension.key(status, serving.map { tree.modelOfRoute[$0.route] }),
        tenant: tenantNumber)
    sums.add(leaf, request, slot, &moments)
    if fees != nil, status.isServed {
      fees?.add(request, slot: slot, weight: way.weight, isWhole: way.isWhole)
    }
    watch?.note(leaf)
  }

  /// Grades and planned cost of a way's end.
  private func judge(_ leaf: inout Leaf) {
    let day = request.day
    switch leaf.status {
    case .servedPrimary:
      leaf.planned = leaf.serving?.cost
    case .servedFallback:
      guard let serving = leaf.serving else { return }
      let primaryModel = trace.modelOfRoute[trace.profiles[Int(request.profile)].primary]
      if serving.line != nil, let planned = trace.planned(request) {
        leaf.planned = Spend(exact: planned.nanoUSD)
      } else if let price = prices.price(primaryModel, day) {
        if let line = serving.line {
          leaf.planned = price.cost(of: line.usage).map { Spend(exact: $0.nanoUSD) }
        } else {
          leaf.planned = evidence?.rates.listed(primaryModel, day, serving.tokens).map {
            Spend(expected: $0)
          }
        }
      }
      let served = grade(tree.modelOfRoute[serving.route], day)
      let asked = grade(primaryModel, day)
      if let served, let asked {
        leaf.isDowngraded = served < asked
      } else {
        leaf.isUngraded = true
      }
    case .servedCached, .servedDefault:
      leaf.isDowngraded = true
    case .deferred, .rejected, .failed:
      break
    }
  }

  private func grade(_ model: Int, _ day: UTCDay) -> Grade? {
    (model < grades.count ? grades[model] : tree.policy.grade(of: tree.models[model]))
      ?? prices.price(model, day)?.grade
  }
}
