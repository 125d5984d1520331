/// Takes white space at the ends of tokens out of their offsets, where that is wanted.
struct ByteLevelPostProcessor: PostProcessor {
  private let trimmer: OffsetTrimmer?

  init(_ settings: StageSettings) throws {
    let trims = try settings.bool("trim_offsets", or: true)
    let addsPrefixSpace = try settings.bool("add_prefix_space", or: true)
    trimmer = trims ? OffsetTrimmer(addsPrefixSpace: addsPrefixSpace) : nil
  }

  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart] {
    guard let trimmer else { return parts }
    return parts.map { part in
      var part = part
      trimmer.trim(&part)
      return part
    }
  }
}

/// Takes white space at the ends of tokens out of their offsets.
struct OffsetTrimmer: Sendable {
  /// Whether one space before the text was added rather than found.
  let addsPrefixSpace: Bool

  func trim(_ part: inout EncodedPart) {
    guard part.isDetailed else { return }
    for place in part.tokens.indices {
      let scalars = part.tokens[place].unicodeScalars
      var leading = scalars.prefix(while: Self.isSpace).count
      let trailing = scalars.reversed().prefix(while: Self.isSpace).count
      guard leading > 0 || trailing > 0 else { continue }
      var (start, end) = (part.offsets[place].lowerBound, part.offsets[place].upperBound)
      if leading > 0 {
        if place == 0 || start == 0, addsPrefixSpace, leading == 1 { leading = 0 }
        start = min(start + leading, end)
      }
      if trailing > 0, end >= trailing { end = max(end - trailing, start) }
      part.offsets[place] = start..<end
    }
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == ByteAlphabet.scalars[0x20] || CharacterClass(of: scalar.value).contains(.whitespace)
  }
}
