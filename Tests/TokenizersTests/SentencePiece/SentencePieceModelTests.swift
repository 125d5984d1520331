import Foundation
import OrchardJSON
import OrchardTokenizers
import Testing
import TestSupport

/// Small models and token ids that `Tests/Goldens/sentencepiece_goldens.py` made with the sentencepiece package.
struct SentencePieceModelTests {
  private static func golden(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: Goldens.url("sentencepiece/" + name)))
  }

  private static func ids(_ value: JSONValue?) throws -> [[Int]] {
    try #require(value?.array).map { try #require($0.array).compactMap(\.int) }
  }

  private static func texts() throws -> [String] {
    try #require(try golden("expected.json")["texts"]?.array).compactMap(\.string)
  }

  @Test(
    "Texts become the same tokens as with the sentencepiece package",
    arguments: ["t5", "unigram-bytes", "unigram-phrases", "llama", "bare"])
  func encodes(_ name: String) throws {
    let json = try SentencePieceModel.tokenizerJSON(from: Goldens.url("sentencepiece/\(name).model"))
    let tokenizer = try Tokenizer(json: json)
    let expected = try Self.ids(try Self.golden("expected.json")[name])
    let texts = try Self.texts()
    #expect(texts.count == expected.count && texts.count > 100)
    for (text, ids) in zip(texts, expected) {
      #expect(tokenizer.encodeIDs(text, addSpecialTokens: false) == ids, "\(text)")
    }
  }

  @Test("Llama 2's own file", .enabled(if: SharedData.isPresent))
  func llama() throws {
    let url = try #require(SharedData.url("tokenizers/llama2-32000/tokenizer.model"))
    let tokenizer = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: url))
    #expect(tokenizer.vocabularySize == 32_000)
    for (text, ids) in zip(try Self.texts(), try Self.ids(try Self.golden("llama2.json"))) {
      #expect(tokenizer.encodeIDs(text) == [1] + ids, "\(text)")
      if !text.isEmpty, !text.contains("\u{2581}") { #expect(tokenizer.decode([1] + ids) == text) }
    }
  }

  @Test("A unigram model ends its texts and has T5's sentinels; a byte-pair model opens them")
  func families() throws {
    let t5 = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: Goldens.url("sentencepiece/t5.model")))
    #expect(t5.vocabularySize == 500)
    #expect(t5.id(for: "<extra_id_0>") == 499)
    #expect(t5.id(for: "<extra_id_99>") == 400)
    #expect(t5.encodeIDs("").last == 1)
    let bare = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: Goldens.url("sentencepiece/bare.model")))
    #expect(bare.encodeIDs("") == [1])
    #expect(bare.isSpecial(try #require(bare.id(for: "<ctl>"))))
    #expect(!bare.isSpecial(try #require(bare.id(for: "<sep>"))))
  }

  @Test("The files beside the model decide about its family and its added tokens")
  func neighbours() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appending(path: "spiece.model")
    try FileManager.default.copyItem(at: Goldens.url("sentencepiece/t5.model"), to: model)
    _ = try folder.write(
      """
      {"tokenizer_class": "T5Tokenizer", "extra_ids": 3,
       "added_tokens_decoder": {"403": {"content": "<sep>", "special": false}, "1": {"content": "</s>"}}}
      """, to: "tokenizer_config.json")
    let tokenizer = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: model))
    #expect(tokenizer.vocabularySize == 404)
    #expect(tokenizer.id(for: "<extra_id_2>") == 400)
    #expect(tokenizer.encodeIDs("<sep>") == [403, 1])
    _ = try folder.write(#"{"tokenizer_class": "XLMRobertaTokenizer"}"#, to: "tokenizer_config.json")
    #expect { try SentencePieceModel.tokenizerJSON(from: model) } throws: {
      "\($0)".contains("XLMRobertaTokenizer") && "\($0)".contains("tokenizer.json")
    }
    _ = try folder.write(
      #"{"added_tokens_decoder": {"5": {"content": "<other>"}}}"#, to: "tokenizer_config.json")
    #expect { try SentencePieceModel.tokenizerJSON(from: model) } throws: { "\($0)".contains("another model") }
  }

  @Test("Llama's settings: no beginning, an end, no space before the text")
  func llamaSettings() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appending(path: "tokenizer.model")
    try FileManager.default.copyItem(at: Goldens.url("sentencepiece/llama.model"), to: model)
    let usual = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: model)).encodeIDs("Hello there")
    _ = try folder.write(
      #"{"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": false, "add_eos_token": true}"#,
      to: "tokenizer_config.json")
    #expect(
      try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: model)).encodeIDs("Hello there")
        == Array(usual.dropFirst()) + [2])
    _ = try folder.write(#"{"tokenizer_class": "LlamaTokenizer", "legacy": false}"#, to: "tokenizer_config.json")
    #expect(try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: model)).encodeIDs("Hello there") == usual)
    _ = try folder.write(
      #"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}"#, to: "tokenizer_config.json")
    let bare = try Tokenizer(json: SentencePieceModel.tokenizerJSON(from: model))
    #expect(bare.encodeIDs("Hello there") != usual)
    #expect(bare.decode(bare.encodeIDs("Hello there")) == "Hello there")
  }

  @Test("Every cut of a file is refused with the byte, and never traps")
  func truncated() throws {
    let whole = try Data(contentsOf: Goldens.url("sentencepiece/bare.model"))
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "tokenizer.model")
    var refused = 0
    for count in stride(from: 0, to: whole.count, by: 97) {
      try whole.prefix(count).write(to: file)
      do {
        _ = try SentencePieceModel.tokenizerJSON(from: file)
      } catch let error as TokenizerError {
        refused += 1
        #expect(error.description.contains("at byte") || error.description.contains("no piece"), "\(error)")
      }
    }
    #expect(refused > 40)
  }

  @Test("Damaged bytes never trap")
  func damaged() throws {
    let whole = try Data(contentsOf: Goldens.url("sentencepiece/t5.model"))
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "spiece.model")
    var state: UInt64 = 1
    var refused = 0
    for _ in 0..<60 {
      var bytes = Array(whole)
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
      }
      try Data(bytes).write(to: file)
      do { _ = try SentencePieceModel.tokenizerJSON(from: file) } catch is TokenizerError { refused += 1 }
    }
    #expect(refused > 5)
  }

  @Test("A missing file and a file of text are named")
  func notThere() throws {
    let folder = try TemporaryFolder()
    #expect { try SentencePieceModel.tokenizerJSON(from: folder.url.appending(path: "none.model")) } throws: {
      "\($0)".contains("none.model") && "\($0)".contains("cannot be read")
    }
    let text = try folder.write("This is no model.", to: "text.model")
    #expect { try SentencePieceModel.tokenizerJSON(from: text) } throws: {
      "\($0)".contains("is not a SentencePiece model: at byte 0")
    }
  }
}
