import Foundation
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

/// Public vocabularies, of each of the four kinds, against the tokenizers package and published vectors.
@Suite(.enabled(if: SharedData.isPresent)) struct VocabularyFileTests {
  private static let paths = [
    "tokenizers/t5-base", "tokenizers/t5-small", "tokenizers/gpt2", "tokenizers/bert-base-uncased",
    "tokenizers/llama2-32000",
    "weights/stories260K",
  ]

  private func tokenizer(_ path: String) throws -> Tokenizer {
    try Tokenizer(folder: try #require(SharedData.url(path)))
  }

  private func vectors(_ path: String) throws -> [JSONValue] {
    let url = try #require(SharedData.url(path))
    return try #require(try JSONValue(parsing: Data(contentsOf: url)).array)
  }

  @Test(arguments: paths) func equalsThePackageOn20000RandomTexts(_ path: String) throws {
    let goldens = try GoldenPipelines.json("vocabularies.json")
    let golden = try TokenizerGolden(try #require(goldens[path]))
    #expect(golden.count == 20000)
    golden.check(try tokenizer(path), try GoldenPipelines().texts)
  }

  @Test func t5EncodesAndDecodesItsVectors() throws {
    let tokenizer = try tokenizer("tokenizers/t5-base")
    let vectors = try vectors("tokenizers/t5-base/t5-base-tests.json")
    #expect(vectors.count == 1995)
    for vector in vectors {
      let parts = try #require(vector.array)
      let text = try #require(parts[0].string)
      let ids = try #require(parts[1].array).compactMap(\.int)
      #expect(tokenizer.encode(text).ids == ids)
      #expect(tokenizer.encodeIDs(text) == ids)
      #expect(tidied(ids, tokenizer) == (try #require(parts[2].string)))
    }
  }

  /// The text as transformers' T5Tokenizer put the vectors' texts together: a space before what stands between special
  /// tokens, and no space before punctuation.
  private func tidied(_ ids: [Int], _ tokenizer: Tokenizer) -> String {
    var text = ""
    var group: [Int] = []
    var followsSpecial = false
    for id in ids {
      if tokenizer.isSpecial(id) {
        text += (followsSpecial ? "" : " ") + tokenizer.decode(group) + (tokenizer.token(for: id) ?? "")
        group = []
      } else {
        group.append(id)
      }
      followsSpecial = tokenizer.isSpecial(id)
    }
    text = (text + tokenizer.decode(group)).trimmingCharacters(in: .whitespaces)
    for ending in [".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"] {
      if ending == "n't" { text = text.replacingOccurrences(of: " ' ", with: "'") }
      text = text.replacingOccurrences(of: " " + ending, with: ending)
    }
    return text
  }

  @Test func gpt2EncodesItsVector() throws {
    let tokenizer = try tokenizer("tokenizers/gpt2")
    let url = try #require(SharedData.url("tokenizers/gpt2/encoded_tokens.json"))
    let vector = try JSONValue(parsing: Data(contentsOf: url))
    let text = try #require(vector["text"]?.string)
    let ids = try #require(vector["token_ids"]?.array).compactMap(\.int)
    let tokens = try #require(vector["bpe_tokens"]?.array).compactMap(\.string)
    #expect(ids.count > 100)
    #expect(tokenizer.encodeIDs(text) == ids)
    #expect(tokenizer.encode(text).tokens == tokens)
    #expect(tokenizer.decode(ids) == text)
  }

  @Test func bertEncodesTheSquadQuestions() throws {
    let tokenizer = try tokenizer("tokenizers/bert-base-uncased")
    let questions = try vectors("tokenizers/bert-base-uncased/question_tokens.json")
    let numbers = try vectors("tokenizers/bert-base-uncased/tokenized_questions.json")
    #expect(questions.count == 10570)
    for (question, ids) in zip(questions, numbers) {
      let encoding = tokenizer.encode(try #require(question["original"]?.string), addSpecialTokens: false)
      #expect(encoding.ids == (try #require(ids.array)).compactMap(\.int))
      #expect(encoding.tokens == (try #require(question["wordpiece"]?.array)).compactMap(\.string))
    }
  }

  @Test func specialTokensAreKnown() throws {
    let t5 = try tokenizer("tokenizers/t5-small")
    #expect((t5.beginningID, t5.endID, t5.paddingID, t5.unknownID) == (nil, 1, 0, 2))
    #expect(t5.vocabularySize == 32100)
    #expect(t5.token(for: 32099) == "<extra_id_0>")
    #expect(t5.id(for: "<extra_id_0>") == 32099)
    let llama = try tokenizer("weights/stories260K")
    #expect((llama.beginningID, llama.endID, llama.unknownID) == (1, 2, 0))
    let gpt2 = try tokenizer("tokenizers/gpt2")
    #expect((gpt2.endID, gpt2.vocabularySize) == (50256, 50257))
    #expect(try tokenizer("tokenizers/bert-base-uncased").paddingID == 0)
  }
}
