internal import Traffic

/// What few lines say of their tokens, as the column `usage_detail` keeps it: an object of JSON with the
/// counts above 0 and the tier of service; no text for one that says nothing.
enum UsageDetailText {
  private static var counts: [(String, WritableKeyPath<UsageDetail, Int64>)] {
    [
      ("cache_write_1h_tokens", \.cacheWriteOneHour), ("audio_input_tokens", \.audioInput),
      ("image_input_tokens", \.imageInput), ("audio_output_tokens", \.audioOutput),
      ("image_output_tokens", \.imageOutput),
    ]
  }

  static func text(_ detail: UsageDetail) -> String? {
    guard !detail.isEmpty else { return nil }
    var members = counts.compactMap { name, count in
      detail[keyPath: count] == 0 ? nil : "\"\(name)\":\(detail[keyPath: count])"
    }
    if let tier = detail.serviceTier { members.append("\"service_tier\":\"\(tier.rawValue)\"") }
    return "{\(members.joined(separator: ","))}"
  }

  /// Reads what ``text(_:)`` wrote. Any other text, which somebody else put there, says a count of -1,
  /// as no line does: the check of contents then sees it.
  static func detail(_ text: String?) -> UsageDetail {
    guard let text else { return UsageDetail() }
    var detail = UsageDetail()
    for member in text.dropFirst().dropLast().split(separator: ",") {
      let parts = member.split(separator: ":")
      guard parts.count == 2 else { continue }
      let (name, value) = (parts[0].dropFirst().dropLast(), parts[1])
      if name == "service_tier" {
        detail.serviceTier = ServiceTier(rawValue: String(value.dropFirst().dropLast()))
      } else if let count = counts.first(where: { $0.0 == name })?.1, let number = Int64(value) {
        detail[keyPath: count] = number
      }
    }
    return self.text(detail) == text ? detail : UsageDetail(cacheWriteOneHour: -1)
  }
}
