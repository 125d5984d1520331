import OrchardJSON
import OrchardTokenizers
import Testing

/// What a tokenizer tells of itself, and what it refuses.
@Suite struct TokenizerTests {
  private let pipelines: GoldenPipelines

  init() throws { pipelines = try GoldenPipelines() }

  /// A pipeline's document with one part of it replaced.
  private func document(_ name: String, _ key: String, _ value: JSONValue) throws -> JSONValue {
    var document = try #require(pipelines.document(name).object)
    document[key] = value
    return .object(document)
  }

  private func message(_ json: JSONValue) -> String {
    do {
      _ = try Tokenizer(json: json)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func anUnknownStageIsRefusedByNameAndPlace() throws {
    let stages: JSONValue = ["type": "Sequence", "pretokenizers": [["type": "WhitespaceSplit"], ["type": "Jieba"]]]
    let text = message(try document("llama", "pre_tokenizer", stages))
    #expect(text.hasPrefix("tokenizer.json, pre_tokenizer.pretokenizers[1]: the pre-tokenizer “Jieba” is not known"))
    #expect(text.contains("WhitespaceSplit"))
    for (key, role) in [
      ("normalizer", "normalizer"), ("post_processor", "post-processor"), ("decoder", "decoder"), ("model", "model"),
    ] {
      #expect(
        message(try document("llama", key, ["type": "Odd"]))
          .hasPrefix("tokenizer.json, \(key): the \(role) “Odd” is not known; known are "))
    }
  }

  @Test func aMissingOrWrongSettingIsNamed() throws {
    #expect(
      message(try document("llama", "normalizer", ["type": "Strip", "strip_left": true]))
        == "tokenizer.json, normalizer: the key “strip_right” (true or false) is missing.")
    #expect(
      message(try document("llama", "normalizer", ["type": "Prepend", "prepend": 3]))
        == "tokenizer.json, normalizer: “prepend” should be a string, but is a whole number.")
    #expect(
      message(try document("llama", "normalizer", ["type": "Replace", "pattern": ["Regex": "("], "content": ""]))
        == "tokenizer.json, normalizer: the regular expression “(” cannot be read.")
    #expect(
      message(try document("llama", "normalizer", ["type": "Precompiled", "precompiled_charsmap": "AAAB"]))
        == "tokenizer.json, normalizer: “precompiled_charsmap” is cut short.")
    #expect(message([1]) == "tokenizer.json should be an object, but is a list.")
    #expect(message(["version": "1.0"]) == "tokenizer.json has no “model”.")
  }

  @Test func aBrokenVocabularyIsRefused() throws {
    func model(_ model: JSONValue) throws -> String { message(try document("llama", "model", model)) }
    #expect(
      try model(["type": "BPE", "vocab": ["a": 0, "b": 1], "merges": ["a b"]])
        == "tokenizer.json, model: merge 1 needs the token “ab”, which is not in the vocabulary.")
    #expect(
      try model(["type": "BPE", "vocab": ["a": 0], "merges": ["a"]])
        == "tokenizer.json, model: merge 1 should be two tokens with a space in between, or a list of two.")
    #expect(
      try model(["type": "BPE", "vocab": ["a": 0], "merges": [], "dropout": 0.1])
        == "tokenizer.json, model: “dropout” is 0.1; encoding at random is not supported, set it to null.")
    #expect(
      try model(["type": "BPE", "vocab": ["a": 0], "merges": [], "unk_token": "?"])
        == "tokenizer.json, model: the unknown token “?” is not in the vocabulary.")
    #expect(
      try model(["type": "WordLevel", "vocab": ["a": -1], "unk_token": "a"])
        == "tokenizer.json, model: the number of the token “a” is not a whole number from 0 up to 2^24.")
    #expect(
      try model(["type": "Unigram", "vocab": [["a", 0.5], ["b"]], "unk_id": 0])
        == "tokenizer.json, model: entry 1 of “vocab” should be a list of a token and its score.")
    #expect(
      try model(["type": "Unigram", "vocab": [["a", 0.5]], "unk_id": 7])
        == "tokenizer.json, model: “unk_id” is 7, but the vocabulary has 1 tokens.")
  }

  @Test func paddingAndTruncationAreKeptButNotApplied() throws {
    let padding: JSONValue = [
      "strategy": ["Fixed": 50], "direction": "Right", "pad_to_multiple_of": nil, "pad_id": 0, "pad_type_id": 0,
      "pad_token": "<pad>",
    ]
    let json = try document("metaspace-always-split", "padding", padding)
    let tokenizer = try Tokenizer(json: json)
    #expect(
      tokenizer.encode("tarimo").ids
        == (try Tokenizer(json: pipelines.document("metaspace-always-split"))).encode("tarimo").ids)
    #expect(tokenizer.json == json)
  }

  @Test func specialTokensComeFromTheConfiguration() throws {
    let json = try pipelines.document("metaspace-always-split")
    let bare = try Tokenizer(json: json)
    #expect(bare.endID == 1 && bare.paddingID == 0 && bare.unknownID == 2 && bare.beginningID == nil)
    let configured = try Tokenizer(
      json: json,
      configuration: ["eos_token": ["content": "[SEP]", "lstrip": false], "bos_token": "[CLS]", "pad_token": nil])
    #expect(configured.endID == 4 && configured.beginningID == 3 && configured.paddingID == nil)
    #expect(configured.unknownID == 2)
    #expect(configured.isSpecial(3) && !configured.isSpecial(100) && !configured.isSpecial(-5))
  }

  @Test func theChatTemplateIsFound() throws {
    let json = try pipelines.document("llama")
    #expect(try Tokenizer(json: json).chatTemplate == nil)
    #expect(try Tokenizer(json: json, configuration: ["chat_template": "{{ x }}"]).chatTemplate == "{{ x }}")
    let several: JSONValue = [
      "chat_template": [["name": "tools", "template": "a"], ["name": "default", "template": "b"]]
    ]
    #expect(try Tokenizer(json: json, configuration: several).chatTemplate == "b")
  }

  @Test func tokensThatOnlyUnicodeHoldsEqualStayApart() throws {
    let tokenizer = try Tokenizer(json: [
      "model": ["type": "WordLevel", "vocab": ["\u{E9}": 0, "e\u{301}": 1, "?": 2], "unk_token": "?"]
    ])
    #expect(tokenizer.encodeIDs("\u{E9}") == [0])
    #expect(tokenizer.encodeIDs("e\u{301}") == [1])
    #expect(tokenizer.token(for: 1)?.utf8.count == 3)
    #expect(tokenizer.token(for: 3) == nil && tokenizer.token(for: -1) == nil)
    #expect(tokenizer.decode([0, 9, 2, -4]) == "\u{E9} ?")
  }

  @Test func severalThreadsMayEncodeAtOnce() async throws {
    let tokenizer = try pipelines.tokenizer("gpt2-false-false")
    let texts = (0..<64).map { pipelines.texts.text($0, special: []) }
    let expected = texts.map { tokenizer.encodeIDs($0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { texts.map { tokenizer.encodeIDs($0) } == expected }
      }
      for await equal in group { #expect(equal) }
    }
  }
}
