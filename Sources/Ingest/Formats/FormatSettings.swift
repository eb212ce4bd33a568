package import Traffic

/// What the user says about a log beside its bytes.
package struct FormatSettings: Sendable {
  /// `--assume-utc`: times without a zone are UTC; without it such an entry is rejected.
  package var assumesUTC: Bool
  /// `--map FIELD=PATH`: where attribution stands, before the format's own places.
  package var map: [(field: AttributionField, path: FieldPath)]
  /// `--mapping FILE`: how to read a log that is of no format known here.
  package var mapping: CustomMapping?

  package init(
    assumesUTC: Bool = false, map: [(field: AttributionField, path: FieldPath)] = [],
    mapping: CustomMapping? = nil
  ) {
    self.assumesUTC = assumesUTC
    self.map = map
    self.mapping = mapping
  }
}
