/// Writes every byte as the visible character that GPT-2 gave it.
struct ByteLevelNormalizer: Normalizer {
  init(_ settings: StageSettings) throws {}

  func apply(to text: inout AlignedText) {
    text.rewrite(keepingASCII: { ByteAlphabet.keeps($0) }) { scalar, output in
      ByteAlphabet.put(scalar, into: &output)
    }
  }
}
