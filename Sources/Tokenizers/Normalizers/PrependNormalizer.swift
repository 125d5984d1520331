/// Puts a text before every text that is not empty.
struct PrependNormalizer: Normalizer {
  private let content: [UInt8]

  init(_ settings: StageSettings) throws {
    content = Array(try settings.string("prepend").utf8)
  }

  func apply(to text: inout AlignedText) { text.prepend(content) }
}
