import OrchardJSON

/// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, the second text in segment 1.
struct BertPostProcessor: PostProcessor {
  private let separator: SpecialToken
  private let start: SpecialToken

  init(_ settings: StageSettings) throws {
    separator = try SpecialToken(settings, "sep")
    start = try SpecialToken(settings, "cls")
  }

  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart] {
    guard addSpecialTokens else { return parts }
    return parts.enumerated().flatMap { index, part in
      let detailed = part.isDetailed
      let closing = separator.part(typeID: index == 0 ? 0 : 1, isDetailed: detailed)
      return index == 0 ? [start.part(typeID: 0, isDetailed: detailed), part, closing] : [part, closing]
    }
  }
}

/// A token and its number as `["[SEP]", 102]` gives them.
struct SpecialToken: Sendable {
  private let token: String
  private let id: Int

  init(_ settings: StageSettings, _ key: String) throws {
    let pair = try settings.array(key)
    guard pair.count == 2, let token = pair[0].string, let id = pair[1].int else {
      throw settings.problem("“\(key)” should be a list of a token and its number.")
    }
    self.token = token
    self.id = id
  }

  func part(typeID: Int, isDetailed: Bool) -> EncodedPart {
    EncodedPart(special: [id], [token], typeID: typeID, isDetailed: isDetailed)
  }
}
