/// Lower case, a scalar at a time.
struct Lowercase: Normalizer {
  init(_ settings: StageSettings) throws {}

  func apply(to text: inout AlignedText) { Self.apply(to: &text) }

  static func apply(to text: inout AlignedText) {
    let mapping = ScalarMapping.lowercase
    text.rewrite(keepingASCII: { $0 &- 0x41 > 25 }) { scalar, output in
      if scalar < 0x80 {
        output.put(scalar | 0x20)
      } else if let image = mapping[scalar] {
        for part in image { output.put(part) }
      } else {
        output.put(scalar)
      }
    }
  }
}
