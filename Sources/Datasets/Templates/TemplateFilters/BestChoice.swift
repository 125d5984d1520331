import OrchardJSON

extension TemplateFilter {
  static let bestChoice = TemplateFilter(
    "best-choice", "The letter of the choice with the highest score, as in BIG-bench.", takes: "scores by choice"
  ) { value in
    let scores = value.object?.entries.compactMap { $0.value.double } ?? []
    guard let best = scores.max(), let place = scores.firstIndex(of: best), scores.count == value.object?.count,
      place < 26
    else { return nil }
    return .string(String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place))))
  }
}
