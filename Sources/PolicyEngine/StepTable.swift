import Traffic
import Units

/// A set of the steps of one class, as bits.
struct StepSet: Hashable, Sendable {
  var bits: UInt64 = 0

  static let none = StepSet()

  var isEmpty: Bool { bits == 0 }
  var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

  func contains(_ index: Int) -> Bool { bits >> UInt64(index) & 1 != 0 }
  func first(after index: Int) -> Int? {
    StepSet(bits: bits & (UInt64.max << UInt64(index + 1))).first
  }

  mutating func insert(_ index: Int) { bits |= 1 << UInt64(index) }
  mutating func subtract(_ other: StepSet) { bits &= ~other.bits }

  static func & (left: StepSet, right: StepSet) -> StepSet { StepSet(bits: left.bits & right.bits) }
  static func - (left: StepSet, right: StepSet) -> StepSet {
    StepSet(bits: left.bits & ~right.bits)
  }
}

/// Which steps of a class each rule of policy.md's number 7 may take, for one grade of the primary.
struct StepTable: Sendable {
  private(set) var all = StepSet.none
  private(set) var paid = StepSet.none
  private(set) var premium = StepSet.none
  private(set) var lastResort = StepSet.none
  /// 7.2: paid, below the floor and no last resort.
  private(set) var belowFloor = StepSet.none
  /// 7.3: paid steps of a lower grade than the primary, and answers without a model.
  private(set) var downgrades = StepSet.none
  /// 7.5: paid steps of no lower grade than step 0; empty where step 0 has no model.
  private(set) var notLowerThanFirst = StepSet.none
  /// 7.8.
  private(set) var pauses = StepSet.none
  let count: Int
  let retriesPerStep: Int
  let stop: StopLimits

  init(_ rules: ClassPolicy, primary: Grade, models: [ModelID: Grade]) {
    count = rules.steps.count
    retriesPerStep = rules.retriesPerStep
    stop = rules.stop

    // nil for a step without a model; every named model has a grade, or there is no policy.
    let grades = rules.steps.map { step -> Grade? in
      switch step.work {
      case .model(.primary, _): primary
      case .model(.named(let model), _): models[model]
      case .action: nil
      }
    }
    for (index, step) in rules.steps.enumerated() {
      all.insert(index)
      if step.isPremium { premium.insert(index) }
      switch step.work {
      case .model(_, let isLastResort):
        paid.insert(index)
        if isLastResort { lastResort.insert(index) }
      case .action(.cachedResponse), .action(.defaultResponse):
        downgrades.insert(index)
      case .action(.pause):
        pauses.insert(index)
      case .action(.queue), .action(.manualReview), .action(.reject):
        break
      }
      guard let grade = grades[index] else { continue }
      if grade < rules.qualityFloor, !step.isLastResort { belowFloor.insert(index) }
      if grade < primary { downgrades.insert(index) }
      if let first = grades[0], grade >= first { notLowerThanFirst.insert(index) }
    }
  }
}

extension TrafficClass {
  /// Its place among all classes, from 0.
  var index: Int {
    switch self {
    case .criticalUserFacing: 0
    case .nonCriticalUserFacing: 1
    case .internalAutomation: 2
    case .batch: 3
    case .experiment: 4
    }
  }
}

extension Grade {
  /// Its place among all grades, from 0.
  var index: Int {
    switch self {
    case .lowCost: 0
    case .balanced: 1
    case .frontier: 2
    }
  }
}
