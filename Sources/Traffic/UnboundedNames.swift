extension AttributionField {
  /// The fields of which a log may have any number of names: the ledger keeps them as texts and gives
  /// them no numbers.
  package static let unbounded: [AttributionField] = [.user, .thread, .session]

  /// Its place in ``unbounded``; nil for a field whose names have numbers.
  package var unboundedPlace: Int? {
    switch self {
    case .user: 0
    case .thread: 1
    case .session: 2
    case .tenant, .tier, .application, .feature, .workflow, .assistant, .environment: nil
    }
  }
}

/// The names of the ``AttributionField/unbounded`` fields in a context: texts in UTF-8, equal if their
/// bytes are.
package struct UnboundedNames: Sendable {
  /// Where the texts stand in some bytes, by ``AttributionField/unboundedPlace``.
  package struct Places: Hashable, Sendable {
    /// From the first lane starts, -1 for a name not given; from the fifth how many bytes each has.
    private var lanes = SIMD8<Int32>(-1, -1, -1, -1, 0, 0, 0, 0)

    package init() {}

    package subscript(place: Int) -> Range<Int>? {
      get {
        let start = Int(lanes[place])
        return start < 0 ? nil : start..<start + Int(lanes[4 + place])
      }
      set {
        lanes[place] = newValue.map { Int32($0.lowerBound) } ?? -1
        lanes[4 + place] = Int32(newValue?.count ?? 0)
      }
    }
  }

  /// The texts, among others.
  package private(set) var bytes: [UInt8] = []
  package private(set) var places = Places()

  package init() {}

  /// Texts that stand in a row of bytes.
  package init(_ bytes: [UInt8], _ places: Places) {
    self.bytes = bytes
    self.places = places
  }

  /// The text of a name; nil for one not given, and for a field whose names have numbers.
  package subscript(field: AttributionField) -> ArraySlice<UInt8>? {
    get { field.unboundedPlace.flatMap { places[$0] }.map { bytes[$0] } }
    set {
      guard let place = field.unboundedPlace else { return }
      places[place] = newValue.map { bytes.count..<bytes.count + $0.count }
      if let newValue { bytes += newValue }
    }
  }
}

extension UnboundedNames: Hashable {
  /// Whether both name the same in a field, or nothing; so in fields whose names have numbers.
  package func says(of field: AttributionField, sameAs other: UnboundedNames) -> Bool {
    guard let place = field.unboundedPlace else { return true }
    switch (places[place], other.places[place]) {
    case (nil, nil): return true
    case (let own?, let others?): return bytes[own].elementsEqual(other.bytes[others])
    case (nil, _?), (_?, nil): return false
    }
  }

  package static func == (left: UnboundedNames, right: UnboundedNames) -> Bool {
    AttributionField.unbounded.allSatisfy { left.says(of: $0, sameAs: right) }
  }

  package func hash(into hasher: inout Hasher) {
    for place in AttributionField.unbounded.indices {
      hasher.combine(places[place].map { bytes[$0] })
    }
  }
}
