import PolicyEngine
import Pricing
import Traffic
import Units

extension Walk {

  /// The end of a way.
  mutating func settle(_ path: Path, serving: Serving?, asRecorded: Bool = false) {
    if path.isWhole {
      requestCost.exact &+= path.cost.exact
    } else {
      requestCost.expected += path.weight * path.cost.value
    }
    let primary = trace.profiles[Int(request.profile)].primary
    var status: RequestStatus
    if let serving {
      status = isSame(serving.route, primary) ? .servedPrimary : .servedFallback
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
    var leaf = Leaf(path: path, status: status, serving: serving)
    leaf.primaryModel = trace.modelOfRoute[primary]
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
      fees?.add(request, slot: slot, weight: path.weight, isWhole: path.isWhole)
    }
    watch?.note(leaf)
  }

  /// Grades and planned cost of a way's end.
  private func judge(_ leaf: inout Leaf) {
    let day = request.startedAt.day
    switch leaf.status {
    case .servedPrimary:
      leaf.planned = leaf.serving?.cost
    case .servedFallback:
      guard let serving = leaf.serving else { return }
      if serving.line != nil, let planned = request.planned {
        leaf.planned = Spend(exact: planned.nanoUSD)
      } else if let price = evidence.rates.price(leaf.primaryModel, day) {
        if let line = serving.line {
          leaf.planned = price.cost(of: line.usage).map { Spend(exact: $0.nanoUSD) }
        } else {
          leaf.planned = evidence.rates.listed(leaf.primaryModel, day, serving.tokens).map {
            Spend(expected: $0)
          }
        }
      }
      let served = grade(tree.modelOfRoute[serving.route], day)
      let asked = grade(leaf.primaryModel, day)
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
      ?? evidence.rates.price(model, day)?.grade
  }
}
