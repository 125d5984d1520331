import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import TestSupport
import Testing

@Suite("Classifying texts and filling masks")
struct TextClassifierTests {
  /// A text or pair, cut as transformers cuts it.
  struct Cut: Sendable, CustomStringConvertible {
    let tokenizer, text: String
    let pair: String?
    let limit: Int
    let ids, types: [Int]
    var description: String { "\(tokenizer), \(limit), \(pair == nil ? "text" : "pair")" }

    static let all: [Cut] = {
      guard let data = try? Data(contentsOf: Goldens.url("encoders/cuts.json")),
        let list = try? JSONValue(parsing: data).array
      else { return [] }
      return list.compactMap { json in
        guard let name = json["tokenizer"]?.string, let text = json["text"]?.string, let limit = json["limit"]?.int
        else {
          return nil
        }
        return Cut(
          tokenizer: name, text: text, pair: json["pair"]?.string, limit: limit,
          ids: json["ids"]?.array?.compactMap(\.int) ?? [], types: json["types"]?.array?.compactMap(\.int) ?? [])
      }
    }()
  }

  @Test("Texts and pairs are cut as transformers cuts them", arguments: Cut.all)
  func cuts(cut: Cut) throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.url.appending(path: "model")
    try FileManager.default.copyItem(at: Goldens.url("encoders/\(cut.tokenizer)"), to: folder)
    let url = folder.appending(path: "tokenizer_config.json")
    var settings = try #require(JSONValue(parsing: Data(contentsOf: url)).object)
    settings["model_max_length"] = .integer(cut.limit)
    try Data(JSONValue.object(settings).text.utf8).write(to: url)
    let encoded = try TextClassifier(folder: folder).encode(cut.text, pair: cut.pair)
    #expect(encoded.ids == cut.ids)
    if cut.pair != nil { #expect(encoded.types == cut.types) }
  }

  @Test("There are cuts to check")
  func cutsAreThere() { #expect(Cut.all.count == 24) }

  @Test("Scores do not depend on the batch, and add up to 1 where one label is right")
  func scores() throws {
    let classifier = try TextClassifier(folder: Goldens.url("encoders/bert-labels"))
    let texts = ["the cat sat", "rain falls on the hill and the dog ran to the red barn", "so", "a bird sang"]
    let together = try classifier.classify(texts)
    let alone = try texts.map { try classifier.classify([$0])[0] }
    for (a, b) in zip(together, alone) {
      #expect(a.map(\.label) == b.map(\.label))
      #expect(zip(a, b).allSatisfy { abs($0.score - $1.score) < 1e-5 })
      #expect(abs(a.reduce(0) { $0 + $1.score } - 1) < 1e-5)
      #expect(zip(a, a.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
    // The two texts of a pair are told apart: their order matters.
    let pairs = [classifier.encode("the cat", pair: "a bird"), classifier.encode("a bird", pair: "the cat")]
    let judged = try classifier.classify(pairs)
    #expect(judged[0] != judged[1])
  }

  @Test("A regression gives its number as it is; several labels have a probability each")
  func otherProblems() throws {
    let number = try TextClassifier(folder: Goldens.url("encoders/roberta-number"))
    let encoded = number.encode("the cat sat")
    let score = try number.classify([encoded])[0]
    let logit = number.model.logits(TokenRows([encoded.ids])).floats[0]
    #expect(score.count == 1 && abs(score[0].score - logit) < 1e-5)
    let several = try TextClassifier(folder: Goldens.url("encoders/distilbert-several"))
    let scores = try several.classify(["the cat sat"])[0]
    let logits = several.model.logits(TokenRows([several.encode("the cat sat").ids])).floats
    let expected = logits.map { 1 / (1 + exp(-$0)) }.sorted(by: >)
    #expect(zip(scores, expected).allSatisfy { abs($0.score - $1) < 1e-5 })
  }

  @Test("Gaps are filled with the likeliest tokens", arguments: ["bert-masked", "roberta-masked", "distilbert-masked"])
  func gaps(name: String) throws {
    let filler = try MaskFiller(folder: Goldens.url("encoders/\(name)"))
    let texts = ["the <mask> sat on the [MASK]", "a <mask> sang in the old tree and then one more"]
    let together = try filler.fill(texts, top: 4)
    #expect(together.map(\.count) == [2, 1])
    for (text, gaps) in zip(texts, together) {
      #expect(
        gaps.allSatisfy { gap in gap.count == 4 && zip(gap, gap.dropFirst()).allSatisfy { $0.score >= $1.score } })
      let alone = try filler.fill([text], top: 4)[0]
      #expect(alone.map { $0.map(\.token) } == gaps.map { $0.map(\.token) })
    }
    let own = filler.tokenizer.token(for: filler.mask) ?? ""
    let ids = filler.tokenizer.encodeIDs(texts[1].replacingOccurrences(of: "<mask>", with: own))
    let place = try #require(ids.firstIndex(of: filler.mask))
    let logits = filler.model.logits(TokenRows([ids])).selected(0, 0).selected(0, place)
    #expect(together[1][0][0].token == logits.indexOfMaximum(along: 0).scalarInteger)
    let error = #expect(throws: ModelError.self) { try filler.fill(["the cat"]) }
    #expect(error?.description.contains("text 1 has no gap to fill; write \(own)") == true)
    let long = String(repeating: "the cat sat on ", count: 20) + own
    #expect(
      "\(try #require(#expect(throws: ModelError.self) { try filler.fill([long]) }))".contains("more than the 24"))
  }
}
