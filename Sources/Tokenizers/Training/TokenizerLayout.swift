import OrchardJSON

/// Everything in a `tokenizer.json` that is not learned: its stages and special tokens, by the kind of vocabulary.
struct TokenizerLayout {
  private let settings: VocabularyTrainer.Settings
  private let special: [String]
  /// T5 writes its sentinels backwards, at the very end.
  private let sentinels: [String]
  private let bytes: [String]

  init(_ settings: VocabularyTrainer.Settings) {
    self.settings = settings
    special = settings.specialTokens.all
    sentinels = (0..<settings.sentinels).reversed().map { "<extra_id_\($0)>" }
    bytes =
      settings.kind == .bytePairWithByteFallback
      ? (0..<256).map { "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">" } : []
  }

  /// How many tokens are not learned.
  var reserved: Int { special.count + sentinels.count + bytes.count }

  /// What happens to a text before it is cut.
  var normalizer: JSONValue {
    let lowercase: [JSONValue] = settings.isLowercase ? [["type": "Lowercase"]] : []
    switch settings.kind {
    case .unigram:
      return ["type": "Sequence", "normalizers": .array([["type": "Nmt"], ["type": "NFKC"]] + lowercase)]
    case .bytePair, .bytePairWithByteFallback: return lowercase.first ?? .null
    }
  }

  /// How a text is cut into words.
  var preTokenizer: JSONValue {
    switch settings.kind {
    case .unigram:
      return [
        "type": "Sequence", "pretokenizers": [["type": "WhitespaceSplit"], metaspace("always")],
      ]
    case .bytePair: return byteLevel(trimsOffsets: true)
    case .bytePairWithByteFallback: return metaspace("first")
    }
  }

  private func metaspace(_ scheme: String) -> JSONValue {
    ["type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme), "split": true]
  }

  private func byteLevel(trimsOffsets: Bool) -> JSONValue {
    ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": .bool(trimsOffsets), "use_regex": true]
  }

  private var decoder: JSONValue {
    switch settings.kind {
    case .unigram: return metaspace("always")
    case .bytePair: return byteLevel(trimsOffsets: true)
    case .bytePairWithByteFallback:
      return [
        "type": "Sequence",
        "decoders": [
          ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
          ["type": "Strip", "content": " ", "start": 1, "stop": 0],
        ],
      ]
    }
  }

  /// The special tokens around a text: the end token where the kind is T5's (with a beginning token XLM-RoBERTa's),
  /// the beginning token where it is Llama's.
  private var postProcessor: JSONValue {
    switch settings.kind {
    case .bytePair: return byteLevel(trimsOffsets: false)
    case .unigram:
      return TokenizerTemplate.postProcessor(
        beginning: settings.specialTokens.beginning.map(numbered), end: settings.specialTokens.end.map(numbered))
    case .bytePairWithByteFallback:
      return TokenizerTemplate.postProcessor(beginning: settings.specialTokens.beginning.map(numbered))
    }
  }

  private func numbered(_ token: String) -> (token: String, number: Int) { (token, special.firstIndex(of: token) ?? 0) }

  /// The whole file around a learned model.
  ///
  /// - Throws: `TokenizerError` where a special token is also a piece of the texts.
  func file(model: JSONValue) throws -> JSONValue {
    let tokens = model["vocab"]?.array?.compactMap { $0.array?.first?.string } ?? model["vocab"]?.object?.keys ?? []
    let count = tokens.count
    let learned = Set(tokens[(special.count + bytes.count)..<(count - sentinels.count)].map { Array($0.utf8) })
    if let both = special.first(where: { learned.contains(Array($0.utf8)) }) {
      throw TokenizerError(
        "The special token “\(both)” is also a piece of the texts; choose one that no text has, as “<\(both)>”.")
    }
    let added =
      special.enumerated().map { TokenizerTemplate.addedToken($1, number: $0) }
      + sentinels.enumerated().map { TokenizerTemplate.addedToken($1, number: count - sentinels.count + $0) }
    return [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(added), "normalizer": normalizer,
      "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "decoder": decoder, "model": model,
    ]
  }

  /// The model of learned pieces.
  ///
  /// Scores are rounded to six decimals, as many as single precision has here, so that the last bits of a
  /// machine's logarithm do not show.
  func unigramModel(_ pieces: [(piece: String, score: Double)]) -> JSONValue {
    let reserved = { (token: String) -> JSONValue in [.string(token), .number(0)] }
    let learned = pieces.map { piece -> JSONValue in
      [.string(piece.piece), .number((piece.score * 1e6).rounded() / 1e6)]
    }
    let unknown = settings.specialTokens.unknown.flatMap { special.firstIndex(of: $0) }
    return [
      "type": "Unigram", "unk_id": unknown.map { JSONValue.integer($0) } ?? .null,
      "vocab": .array(special.map(reserved) + learned + sentinels.map(reserved)), "byte_fallback": false,
    ]
  }

  /// The model of learned merges.
  func bytePairModel(vocabulary: [[UInt8]], merges: [MergeTraining.Merge]) -> JSONValue {
    let learned = vocabulary.map { String(decoding: $0, as: UTF8.self) }
    let numbered = (special + bytes + learned + sentinels).enumerated().map { ($1, JSONValue.integer($0)) }
    let isByteLevel = settings.kind == .bytePair
    return [
      "type": "BPE", "dropout": nil, "unk_token": settings.specialTokens.unknown.map { JSONValue.string($0) } ?? .null,
      "continuing_subword_prefix": nil, "end_of_word_suffix": nil, "fuse_unk": .bool(!isByteLevel),
      "byte_fallback": .bool(!isByteLevel), "ignore_merges": false, "vocab": .object(JSONObject(numbered)),
      "merges": .array(merges.map { .string(learned[Int($0.left)] + " " + learned[Int($0.right)]) }),
    ]
  }
}
