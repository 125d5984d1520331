/// Removes combining marks; it decomposes nothing.
struct StripAccents: Normalizer {
  init(_ settings: StageSettings) throws {}

  func apply(to text: inout AlignedText) {
    let classes = CharacterClass.table
    text.rewrite(keepingASCII: { _ in true }) { scalar, output in
      if !CharacterClass(of: scalar, in: classes).contains(.mark) { output.put(scalar) }
    }
  }
}
