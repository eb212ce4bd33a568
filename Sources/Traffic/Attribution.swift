/// The fields by which cost is attributed; raw values are their names in events, policies and reports.
public enum AttributionField: String, CaseIterable, Sendable {
  case tenant = "tenant_id"
  case tier = "tenant_tier"
  case user = "user_id"
  case application
  case feature
  case workflow
  case assistant = "assistant_id"
  case thread = "thread_id"
  case session = "session_id"
  case environment
}

/// Who asked, and what for. A field the log does not give is nil.
public struct Attribution: Hashable, Sendable {
  private var values: [Name?]

  public init(_ names: [AttributionField: Name] = [:]) {
    values = AttributionField.allCases.map { names[$0] }
  }

  public subscript(field: AttributionField) -> Name? {
    get { values[field.index] }
    set { values[field.index] = newValue }
  }
}

extension AttributionField {
  /// Its place among all fields, from 0.
  public var index: Int {
    switch self {
    case .tenant: 0
    case .tier: 1
    case .user: 2
    case .application: 3
    case .feature: 4
    case .workflow: 5
    case .assistant: 6
    case .thread: 7
    case .session: 8
    case .environment: 9
    }
  }
}
