public import Traffic

extension Policy {
  /// The class by which a request is decided (policy.md, 4): the first `classify` rule that matches,
  /// else the class that the gateway gave, else `default_class`.
  public func classification(
    of attribution: Attribution, given: TrafficClass? = nil
  ) -> Classification {
    if let rule = classifier.firstMatch(attribution) {
      return Classification(
        trafficClass: definition.classify[rule].trafficClass, source: .rule(rule))
    }
    if let given { return Classification(trafficClass: given, source: .given) }
    return Classification(trafficClass: definition.defaultClass, source: .defaultClass)
  }

  /// The class under which a request is reported (cli.md): the gateway's, else the policy's.
  ///
  /// The other order: a report tells what the gateway did, a decision what it should do.
  public func reportedClass(of attribution: Attribution, given: TrafficClass?) -> TrafficClass {
    given ?? classification(of: attribution).trafficClass
  }
}
