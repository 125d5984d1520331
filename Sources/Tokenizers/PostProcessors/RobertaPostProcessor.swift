/// `<s> A </s>` and `<s> A </s></s> B </s>`, all in segment 0.
struct RobertaPostProcessor: PostProcessor {
  private let separator: SpecialToken
  private let start: SpecialToken
  private let trimmer: OffsetTrimmer?

  init(_ settings: StageSettings) throws {
    separator = try SpecialToken(settings, "sep")
    start = try SpecialToken(settings, "cls")
    let trims = try settings.bool("trim_offsets", or: true)
    let addsPrefixSpace = try settings.bool("add_prefix_space", or: true)
    trimmer = trims ? OffsetTrimmer(addsPrefixSpace: addsPrefixSpace) : nil
  }

  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart] {
    parts.enumerated().flatMap { index, part in
      var part = part
      trimmer?.trim(&part)
      part.setTypeID(0)
      guard addSpecialTokens else { return [part] }
      let closing = separator.part(typeID: 0, isDetailed: part.isDetailed)
      return [index == 0 ? start.part(typeID: 0, isDetailed: part.isDetailed) : closing, part, closing]
    }
  }
}
