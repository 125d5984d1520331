import OrchardDatasets

/// A tokenizer whose tokens are bytes, so that spans can be read off: id = byte + 3; 0 pads, 1 begins, 2 ends.
struct LetterTokenizer: SegmentTokenizer {
  var prefix: [Int] = []
  var suffix: [Int] = []
  var endID: Int? = 2
  var maskID: Int?
  let vocabularySize = 259
  /// Puts a space, shown as ▁, before every text, as SentencePiece does.
  var addsSpace = false
  /// Tokens that stand for gaps; no test writes their letters.
  var gaps = 0

  /// As T5 frames a text.
  static let encoderDecoder = LetterTokenizer(suffix: [2])
  /// As Llama frames a text.
  static let decoderOnly = LetterTokenizer(prefix: [1])

  func encodeIDs(_ text: String, addSpecialTokens: Bool) -> [Int] {
    let ids = ((addsSpace ? " " : "") + text).utf8.map { Int($0) + 3 }
    return addSpecialTokens ? prefix + ids + suffix : ids
  }

  func framed(_ text: String, pair: String?, limit: Int?) -> EncodedText {
    EncodedText(ids: encodeIDs(text + (pair.map { " " + $0 } ?? ""), addSpecialTokens: true))
  }

  func token(for id: Int) -> String? {
    switch id {
    case 0: return "<pad>"
    case 1: return "<s>"
    case 2: return "</s>"
    case 35: return "▁"
    default: return UInt8(exactly: id - 3).map { String(decoding: [$0], as: UTF8.self) }
    }
  }

  func id(for token: String) -> Int? {
    (0..<gaps).first { "<extra_id_\($0)>" == token }.map { 240 + $0 }
  }

  func isSpecial(_ id: Int) -> Bool { id < 3 }

  func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String {
    ids.map { id in
      id < 3 ? (skipSpecialTokens ? "" : token(for: id) ?? "") : id == 35 ? " " : token(for: id) ?? ""
    }.joined()
  }
}

extension LetterTokenizer {
  func text(_ ids: some Sequence<Int32>) -> String { decode(ids.map(Int.init), skipSpecialTokens: false) }
}
