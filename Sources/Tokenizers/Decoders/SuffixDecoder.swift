/// Turns the suffix that ends words into spaces, but for the last token, where it goes away.
struct SuffixDecoder: Decoder {
  private let suffix: [UInt8]

  init(_ settings: StageSettings) throws {
    suffix = Array(try settings.string("suffix", or: "</w>").utf8)
  }

  func begin() -> any DecoderRun { Run(pattern: .text(suffix)) }

  func piece(_ text: [UInt8], at place: inout PiecePlace) throws -> [UInt8] {
    // The space of a word's end is written when another token comes.
    place.endsWord = !suffix.isEmpty && text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
    let body = place.endsWord ? Array(text.dropLast(suffix.count)) : text
    return (place.followsWord ? [0x20] : []) + body
  }

  private struct Run: WholeTokenRun {
    let pattern: TextPattern
    var waiting: [UInt8] = []
    /// The token before: whether it is the last is known when another comes.
    private var held: [UInt8]?

    init(pattern: TextPattern) { self.pattern = pattern }

    mutating func take(token: [UInt8], _ out: inout [Chunk]) {
      if let held { out.append(Chunk(bytes: pattern.replacing(in: held, by: [0x20]), endsToken: true)) }
      held = token
    }

    mutating func finish(_ out: inout [Chunk]) {
      if let held { out.append(Chunk(bytes: pattern.replacing(in: held, by: []), endsToken: true)) }
      held = nil
    }
  }
}
