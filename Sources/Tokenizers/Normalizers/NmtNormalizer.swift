/// The cleaning that SentencePiece calls nmt: control characters go, special spaces become spaces.
struct NmtNormalizer: Normalizer {
  init(_ settings: StageSettings) throws {}

  func apply(to text: inout AlignedText) {
    text.rewrite(keepingASCII: { $0 >= 0x20 && $0 < 0x7F }) { scalar, output in
      switch scalar {
      case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: break
      case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: output.put(0x20)
      default: output.put(scalar)
      }
    }
  }
}
