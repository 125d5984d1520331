import Foundation
import OrchardJSON
import OrchardTokenizers
import Testing
import TestSupport

/// Vocabularies learned here against the committed ones, whose ids `Tests/Goldens/tokenizer_training_goldens.py`
/// computed with the Hugging Face tokenizers package.
struct VocabularyTrainerTests {
  typealias Kind = VocabularyTrainer.Kind

  private static func lines() throws -> [String] {
    try String(contentsOf: Goldens.url("tokenizer_training/text.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  private static func golden(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: Goldens.url("tokenizer_training/" + name)))
  }

  private static func settings(_ kind: Kind) -> VocabularyTrainer.Settings {
    var settings = VocabularyTrainer.Settings(kind: kind, vocabularySize: 700)
    settings.sentinels = 10
    return settings
  }

  private static func texts(_ kind: Kind) throws -> [String] {
    try lines().map { kind == .bytePair ? $0 + "\n" : $0 }
  }

  @Test("Training gives the committed file, byte for byte", arguments: Kind.allCases)
  func reproduces(_ kind: Kind) throws {
    let learned = try VocabularyTrainer(Self.settings(kind)).train(on: Self.texts(kind))
    let committed = try Data(contentsOf: Goldens.url("tokenizer_training/\(kind.rawValue).json"))
    #expect(Data((learned.prettyText + "\n").utf8) == committed)
  }

  @Test("What was learned encodes and decodes as in the tokenizers package", arguments: Kind.allCases)
  func encodes(_ kind: Kind) throws {
    let tokenizer = try Tokenizer(json: Self.golden("\(kind.rawValue).json"))
    let expected = try Self.golden("expected.json")
    let texts = try #require(expected["texts"]?.array).compactMap(\.string)
    let ids = try #require(expected[kind.rawValue]?["ids"]?.array)
    let decoded = try #require(expected[kind.rawValue]?["decoded"]?.array)
    #expect(texts.count > 150 && texts.count == ids.count)
    for (index, text) in texts.enumerated() {
      let encoded = tokenizer.encodeIDs(text)
      #expect(encoded == ids[index].array?.compactMap(\.int), "\(text)")
      #expect(tokenizer.decode(encoded) == decoded[index].string, "\(text)")
    }
  }

  @Test("Byte-level merges are those of the tokenizers package's trainer")
  func merges() throws {
    var settings = VocabularyTrainer.Settings(kind: .bytePair, vocabularySize: 690)
    settings.specialTokens.end = "<|endoftext|>"
    let learned = try VocabularyTrainer(settings).train(on: Self.texts(.bytePair))
    #expect(learned["model"]?["merges"] == (try Self.golden("expected.json")["merges"]))
  }

  @Test("Numbers: special tokens first, sentinels last and backwards, none twice", arguments: Kind.allCases)
  func layout(_ kind: Kind) throws {
    var settings = Self.settings(kind)
    settings.specialTokens.others = ["<turn>"]
    let tokenizer = try Tokenizer(json: VocabularyTrainer(settings).train(on: Self.texts(kind)))
    #expect(tokenizer.vocabularySize == 700)
    #expect(settings.specialTokens.all.enumerated().allSatisfy { tokenizer.id(for: $1) == $0 })
    #expect(tokenizer.id(for: "<extra_id_0>") == 699)
    #expect(tokenizer.id(for: "<extra_id_9>") == 690)
    #expect(tokenizer.isSpecial(699))
    #expect(Set((0..<700).compactMap { tokenizer.token(for: $0).map { Array($0.utf8) } }).count == 700)
    #expect(tokenizer.encodeIDs("<turn>", addSpecialTokens: false) == [try #require(tokenizer.id(for: "<turn>"))])
  }

  @Test("More pieces pack the text better, and no piece joins letters to marks", arguments: Kind.allCases)
  func packs(_ kind: Kind) throws {
    let texts = try Self.texts(kind)
    var counts: [Int] = []
    for size in [500, 1000, 2000] {
      var settings = Self.settings(kind)
      settings.vocabularySize = size
      let json = try VocabularyTrainer(settings).train(on: texts)
      let tokenizer = try Tokenizer(json: json)
      counts.append(texts.reduce(0) { $0 + tokenizer.encodeIDs($1).count })
      for id in settings.specialTokens.all.count..<tokenizer.vocabularySize where !tokenizer.isSpecial(id) {
        let scalars = tokenizer.token(for: id)?.unicodeScalars ?? "".unicodeScalars
        if scalars.first == "<" && scalars.count == 6 { continue }  // The name of a byte.
        let marks = scalars.contains { $0.isASCII && !$0.properties.isAlphabetic }
        #expect(kind == .bytePair || !marks || !scalars.contains { $0.properties.isAlphabetic }, "\(scalars)")
      }
    }
    #expect(counts[0] > counts[1] && counts[1] > counts[2])
  }

  @Test("Byte kinds give every text back; small letters where asked for")
  func roundTrip() throws {
    let text = "Zoë saw 日本 and 🙂, then\n\tstopped."
    for kind in [Kind.bytePair, .bytePairWithByteFallback] {
      let tokenizer = try Tokenizer(json: VocabularyTrainer(Self.settings(kind)).train(on: Self.texts(kind)))
      #expect(tokenizer.decode(tokenizer.encodeIDs(text)) == text)
    }
    for kind in Kind.allCases {
      var settings = Self.settings(kind)
      settings.isLowercase = true
      let tokenizer = try Tokenizer(json: VocabularyTrainer(settings).train(on: Self.texts(kind)))
      #expect(tokenizer.encodeIDs("HELLO There") == tokenizer.encodeIDs("hello there"))
    }
  }

  @Test("Rare characters are left out below full coverage")
  func coverage() throws {
    func knows(_ character: String, coverage: Double) throws -> Bool {
      var settings = Self.settings(.unigram)
      settings.characterCoverage = coverage
      return try Tokenizer(json: VocabularyTrainer(settings).train(on: Self.texts(.unigram))).id(for: character) != nil
    }
    #expect(try knows("№", coverage: 1) == false)  // NFKC writes it as No.
    #expect(try knows("東", coverage: 1))
    #expect(try !knows("東", coverage: 0.99))
    #expect(try knows("e", coverage: 0.99))
  }

  @Test("What cannot be learned is refused in a sentence that says what to do")
  func refusals() throws {
    func message(
      _ kind: Kind = .unigram, size: Int = 700, on texts: [String],
      _ change: (inout VocabularyTrainer.Settings) -> Void = { _ in }
    ) -> String {
      var settings = VocabularyTrainer.Settings(kind: kind, vocabularySize: size)
      change(&settings)
      do {
        _ = try VocabularyTrainer(settings).train(on: texts)
        return ""
      } catch {
        return "\(error)"
      }
    }
    // Nine letters and the mark of a space, three special tokens.
    #expect(
      message(size: 12, on: ["abc def ghi"]).contains(
        "10 different characters and 3 tokens are reserved; ask for at least 13"))
    #expect(message(size: 13, on: ["abc def ghi"]).isEmpty)
    #expect(message(.bytePair, size: 256, on: ["abc"]).contains("at least 257"))
    #expect(message(on: []).contains("hold no word"))
    #expect(message(on: [" ", "\n\t"]).contains("hold no word"))
    #expect(message(size: 0, on: ["a"]).contains("its size is 0"))
    #expect(message(on: ["a"]) { $0.characterCoverage = 1.5 }.contains("coverage is 1.5"))
    #expect(message(on: ["a"]) { $0.longestPiece = 0 }.contains("0 characters"))
    #expect(message(on: ["a"]) { $0.sentinels = -1 }.contains("-1 sentinels"))
    #expect(message(on: ["a"]) { $0.specialTokens.unknown = nil }.contains("unknown token"))
    #expect(message(on: ["a"]) { $0.specialTokens.others = ["</s>"] }.contains("“</s>” is given twice"))
    #expect(
      message(.bytePair, on: ["word word word"]) { $0.specialTokens.others = ["word"] }.contains(
        "“word” is also a piece"))
  }

  @Test("Too little text gives a smaller vocabulary, a single word works, a very long word too")
  func extremes() throws {
    for kind in Kind.allCases {
      let few = try Tokenizer(
        json: VocabularyTrainer(.init(kind: kind, vocabularySize: 5000)).train(on: ["go go going"]))
      #expect(few.vocabularySize < 300)
      #expect(few.encodeIDs("go", addSpecialTokens: false).count <= 2)
      let long = String(repeating: "ab", count: 5000)
      let tokenizer = try Tokenizer(
        json: VocabularyTrainer(.init(kind: kind, vocabularySize: 300)).train(on: [long, "a b"]))
      #expect(tokenizer.encodeIDs(long).count < 5000)
    }
  }

  @Test("The configuration names the special tokens by their use")
  func configuration() {
    let t5 = VocabularyTrainer(.init(kind: .unigram, vocabularySize: 100)).configuration
    #expect(t5["eos_token"] == "</s>" && t5["pad_token"] == "<pad>" && t5["unk_token"] == "<unk>")
    #expect(t5["bos_token"] == nil && t5["tokenizer_class"] == "PreTrainedTokenizerFast")
    let gpt = VocabularyTrainer(.init(kind: .bytePair, vocabularySize: 100)).configuration
    #expect(gpt["bos_token"] == "<|endoftext|>" && gpt["eos_token"] == "<|endoftext|>" && gpt["pad_token"] == nil)
  }
}
