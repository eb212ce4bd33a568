internal import StrictJSON

/// The formats by the names that `--from-format` takes and `input_file.format` keeps.
package enum LogFormat: String, CaseIterable, Sendable {
  case native
  case litellm
  case otel
  case bifrost
  case portkey
  case openrouter
  case helicone
  case cloudflare
  /// By a mapping file (docs/formats.md).
  case custom
}

extension LogFormat {
  /// The formats that need no mapping file, and how a record shows each.
  package static let known: [(name: String, marks: String)] = {
    let readers = FormatReaders(FormatSettings())
    return allCases.filter { $0 != .custom }.map { ($0.rawValue, readers[$0].marks) }
  }()
}

/// The formats as the options of a run have them.
struct FormatReaders: Sendable {
  private let readers: [(format: LogFormat, reader: any SourceFormat)]

  init(_ settings: FormatSettings) {
    var readers: [(LogFormat, any SourceFormat)] = []
    // A mapping file is asked first: who gives one means it.
    if let mapping = settings.mapping {
      readers.append((.custom, CustomFormat(mapping, settings)))
    }
    readers += [
      (.native, NativeFormat()),
      (.litellm, LiteLLMFormat(settings)),
      (.otel, OTelFormat(settings)),
      (.bifrost, BifrostFormat(settings)),
      (.portkey, PortkeyFormat(settings)),
      (.openrouter, OpenRouterFormat(settings)),
      (.helicone, HeliconeFormat(settings)),
      (.cloudflare, CloudflareFormat(settings)),
    ]
    self.readers = readers
  }

  /// Of a custom format without its mapping file the native reader stands in: it admits nothing that
  /// it does not understand.
  subscript(format: LogFormat) -> any SourceFormat {
    readers.first { $0.format == format }?.reader ?? NativeFormat()
  }

  /// The format of a record; nil if it is of none that is read here.
  func format(of record: JSONTape) -> LogFormat? {
    guard record.kind(JSONTape.root) == .object else { return nil }
    return readers.first { $0.reader.recognises(record) }?.format
  }
}
