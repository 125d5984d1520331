/// Puts spaces between words and none before tokens that continue one, and tidies English punctuation.
struct WordPieceDecoder: Decoder {
  private let prefix: [UInt8]
  private let cleansUp: Bool

  init(_ settings: StageSettings) throws {
    prefix = Array(try settings.string("prefix", or: "##").utf8)
    cleansUp = try settings.bool("cleanup", or: true)
  }

  func begin() -> any DecoderRun { Run(prefix: prefix, cleansUp: cleansUp) }

  func piece(_ text: [UInt8], at place: inout PiecePlace) -> [UInt8] {
    var run = Run(prefix: prefix, cleansUp: cleansUp, isFirst: place.isFirst)
    var chunks: [Chunk] = []
    run.take(token: text, &chunks)
    return chunks.flatMap(\.bytes)
  }

  private static let tidied: [(TextPattern, [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (.text(Array($0.0.utf8)), Array($0.1.utf8)) }

  private struct Run: WholeTokenRun {
    let prefix: [UInt8]
    let cleansUp: Bool
    var waiting: [UInt8] = []
    private var isFirst: Bool

    init(prefix: [UInt8], cleansUp: Bool, isFirst: Bool = true) {
      self.isFirst = isFirst
      self.prefix = prefix
      self.cleansUp = cleansUp
    }

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      var text = token
      if !isFirst {
        if token.starts(with: prefix) { text.removeFirst(prefix.count) } else { text.insert(0x20, at: 0) }
      }
      isFirst = false
      if cleansUp, Self.mayNeedTidying(text) {
        for (pattern, content) in WordPieceDecoder.tidied { text = pattern.replacing(in: text, by: content) }
      }
      out.append(Chunk(bytes: text, endsToken: true))
    }

    mutating func finish(_ out: inout [Chunk]) {}

    /// Whether a space stands before one of the characters that the tidied texts go on with.
    private static func mayNeedTidying(_ text: [UInt8]) -> Bool {
      text.indices.dropLast().contains { place in
        guard text[place] == 0x20 else { return false }
        switch text[place + 1] {
        case UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: ","), UInt8(ascii: "'"),
          UInt8(ascii: "n"), UInt8(ascii: "d"):
          return true
        default: return false
        }
      }
    }
  }
}
