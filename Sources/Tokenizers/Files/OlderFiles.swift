import OrchardJSON

/// Makes a `tokenizer.json` of the files that older tokenizers came in.
enum OlderFiles {
  /// GPT-2's `vocab.json` and `merges.txt`: byte-level byte-pair encoding.
  static func bytePairs(vocabulary: JSONValue, merges: String, configuration: JSONValue?) throws -> JSONValue {
    guard let entries = vocabulary.object?.entries else {
      throw TokenizerError("vocab.json should be an object of tokens and numbers, but is \(vocabulary.kind).")
    }
    let pairs = Array(merges.utf8).split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
      .filter { !$0.starts(with: "#version".utf8) && !$0.isEmpty }
    let addsPrefixSpace = configuration?["add_prefix_space"]?.bool ?? false
    func stage(trims: Bool) -> JSONValue {
      [
        "type": "ByteLevel", "add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": .bool(trims),
        "use_regex": true,
      ]
    }
    let end = entries.first { $0.key.utf8.elementsEqual("<|endoftext|>".utf8) }?.value
    return document(
      added: end.map { [added("<|endoftext|>", $0)] } ?? [],
      preTokenizer: stage(trims: true), postProcessor: stage(trims: false), decoder: stage(trims: true),
      model: [
        "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": "", "end_of_word_suffix": "",
        "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": vocabulary,
        "merges": .array(pairs.map { .string(String(decoding: $0, as: UTF8.self)) }),
      ])
  }

  /// BERT's `vocab.txt`: one token a line; letters are lowered unless the configuration says otherwise.
  static func wordPieces(vocabulary: String, configuration: JSONValue?) throws -> JSONValue {
    var tokens = Array(vocabulary.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      // White space at the end of a line is not part of the token.
      String(decoding: line.prefix(through: line.lastIndex { $0 > 0x20 } ?? line.startIndex - 1), as: UTF8.self)
    }
    if tokens.last?.isEmpty == true { tokens.removeLast() }
    var numbers: [(String, JSONValue)] = []
    for (number, token) in tokens.enumerated() { numbers.append((token, .integer(number))) }
    func number(_ token: String) throws -> JSONValue {
      guard let number = tokens.lastIndex(where: { $0.utf8.elementsEqual(token.utf8) }) else {
        throw TokenizerError("vocab.txt has no token \(token), which BERT's tokenizer needs.")
      }
      return .integer(number)
    }
    let lowercases = configuration?["do_lower_case"]?.bool ?? true
    let special = try ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].filter { name in
      name == "[UNK]" || name == "[CLS]" || name == "[SEP]" || tokens.contains { $0.utf8.elementsEqual(name.utf8) }
    }.map { added($0, try number($0)) }
    func piece(_ key: String, _ id: String, _ type: Int) -> JSONValue {
      .object(JSONObject([(key, ["id": .string(id), "type_id": .integer(type)])]))
    }
    func token(_ name: String) throws -> (String, JSONValue) {
      (name, ["id": .string(name), "ids": .array([try number(name)]), "tokens": .array([.string(name)])])
    }
    return document(
      added: special,
      normalizer: [
        "type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": .bool(configuration?["tokenize_chinese_chars"]?.bool ?? true),
        "strip_accents": configuration?["strip_accents"] ?? nil, "lowercase": .bool(lowercases),
      ],
      preTokenizer: ["type": "BertPreTokenizer"],
      postProcessor: [
        "type": "TemplateProcessing",
        "single": [piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0), piece("SpecialToken", "[SEP]", 0)],
        "pair": [
          piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0), piece("SpecialToken", "[SEP]", 0),
          piece("Sequence", "B", 1), piece("SpecialToken", "[SEP]", 1),
        ],
        "special_tokens": .object(JSONObject([try token("[CLS]"), try token("[SEP]")])),
      ],
      decoder: ["type": "WordPiece", "prefix": "##", "cleanup": true],
      model: [
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": .object(JSONObject(numbers)),
      ])
  }

  private static func added(_ content: String, _ number: JSONValue) -> JSONValue {
    [
      "id": number, "content": .string(content), "single_word": false, "lstrip": false, "rstrip": false,
      "normalized": false, "special": true,
    ]
  }

  private static func document(
    added: [JSONValue], normalizer: JSONValue = nil, preTokenizer: JSONValue, postProcessor: JSONValue,
    decoder: JSONValue, model: JSONValue
  ) -> JSONValue {
    [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(added), "normalizer": normalizer,
      "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "decoder": decoder, "model": model,
    ]
  }
}
