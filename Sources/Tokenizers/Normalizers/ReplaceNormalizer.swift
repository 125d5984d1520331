/// Replaces every match of a pattern.
struct ReplaceNormalizer: Normalizer {
  private let pattern: TextPattern
  private let content: [UInt8]

  init(_ settings: StageSettings) throws {
    pattern = try TextPattern(settings)
    content = Array(try settings.string("content").utf8)
  }

  func apply(to text: inout AlignedText) {
    var spans: [Range<Int>] = []
    text.bytes.withUnsafeBufferPointer { bytes in
      pattern.spans(in: bytes, 0..<bytes.count) { start, end, isMatch in
        if isMatch { spans.append(start..<end) }
      }
    }
    text.replace(spans, by: content)
  }
}
