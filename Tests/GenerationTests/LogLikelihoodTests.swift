import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

/// What transformers says in `Tests/Goldens/likelihood.json`.
enum LikelihoodGolden {
  struct Pair {
    let json: JSONValue
    var continuation: TokenContinuation {
      TokenContinuation(integers("tokens"), after: integers("context"))
    }
    var logProbabilities: [Double] { json["log_probabilities"]?.array?.compactMap(\.double) ?? [] }
    var isGreedy: Bool { json["greedy"]?.bool ?? false }
    var texts: (context: String, continuation: String) {
      (json["context_text"]?.string ?? "", json["continuation_text"]?.string ?? "")
    }
    private func integers(_ key: String) -> [Int] { json[key]?.array?.compactMap(\.int) ?? [] }
  }

  static func entry(_ model: String) throws -> JSONValue {
    let data = try Data(contentsOf: Goldens.url("likelihood.json"))
    let all = try JSONValue(parsing: data)
    return try #require(all[model])
  }

  static func pairs(_ model: String, _ key: String) throws -> [Pair] {
    let entry = try entry(model)
    let pairs = try #require(entry[key]?.array).map { Pair(json: $0) }
    #expect(pairs.count >= 4)
    return pairs
  }
}

@Suite struct LogLikelihoodTests {
  private func check(_ found: LogLikelihood, _ wanted: LikelihoodGolden.Pair) {
    let expected = wanted.logProbabilities
    #expect(found.tokens == wanted.continuation.tokens)
    #expect(found.logProbabilities.count == expected.count)
    for (a, b) in zip(found.logProbabilities, expected) { #expect(abs(Double(a) - b) < 1e-4) }
    #expect(abs(found.sum - expected.reduce(0, +)) < 1e-4)
    #expect(found.isGreedy == wanted.isGreedy)
  }

  @Test("Every token's log-probability is that of transformers", arguments: TinyModel.names)
  func goldens(name: String) throws {
    let model = try TinyModel.load(name)
    let pairs = try LikelihoodGolden.pairs(name, "pairs")
    let most = model.properties.kind == .decoderOnly ? 64 : Int.max
    for size in [1, 3, 16] {
      var reports: [Int] = []
      let found = try LogLikelihood.of(pairs.map(\.continuation), by: model, batchSize: size) { reports.append($0) }
      for (found, wanted) in zip(found, pairs) {
        check(found, wanted)
        let length = wanted.continuation.context.count + wanted.continuation.tokens.count
        #expect(found.cutTokens == (most == .max ? 0 : max(0, length - most - 1)))
      }
      #expect(reports.last == pairs.count)
      #expect(reports == reports.sorted())
    }
  }

  @Test("Alone, or after a context that is read once for several, the numbers are the same", arguments: TinyModel.names)
  func sharedContexts(name: String) throws {
    let model = try TinyModel.load(name)
    let context = [1, 17, 9, 44, 23, 8]
    let continuations = [[5], [5, 6, 7, 8, 9], [40, 2], [5], [11, 12, 13]].map { TokenContinuation($0, after: context) }
    let together = try LogLikelihood.of(continuations, by: model)
    for (continuation, found) in zip(continuations, together) {
      let alone = try LogLikelihood.of([continuation], by: model)[0]
      for (a, b) in zip(found.logProbabilities, alone.logProbabilities) { #expect(abs(a - b) < 1e-5) }
      #expect(found.isGreedy == alone.isGreedy)
    }
  }

  /// Rows of very different lengths whose padding reaches beyond the context would look at places that do not exist.
  @Test func groupsThatFillTheContextAreNotPaddedBeyondIt() throws {
    let model = try TinyModel.load("llama-grouped")
    let long = Array(repeating: 7, count: 60)
    let short = [1, 9]
    let many = Array(repeating: 12, count: 50)
    let continuations = [(long, [5]), (long, [6, 7]), (short, many), (short, many.reversed() + [3])].map {
      TokenContinuation($1, after: $0)
    }
    let found = try LogLikelihood.of(continuations, by: model, batchSize: 8)
    for (continuation, found) in zip(continuations, found) {
      let alone = try LogLikelihood.of([continuation], by: model)[0]
      #expect(abs(alone.sum - found.sum) < 1e-3)
    }
  }

  @Test(arguments: [
    (TokenContinuation([], after: [1]), "continuation 2 has no tokens of its own"),
    (
      TokenContinuation([5, 400], after: [1]),
      "continuation 2 holds the token id 400, but the model knows only ids below"
    ),
    (TokenContinuation([5], after: [-1]), "continuation 2 holds the token id -1"),
    (TokenContinuation([5], after: []), "continuation 2 has no context, not even a start token"),
    (TokenContinuation(Array(repeating: 5, count: 65), after: [1]), "continuation 2 has 65 tokens, but the model's"),
  ])
  func wrongContinuationsAreNamed(wrong: TokenContinuation, message: String) throws {
    let model = try TinyModel.load("llama-grouped")
    let error = #expect(throws: GenerationError.self) {
      try LogLikelihood.of([TokenContinuation([5], after: [1]), wrong], by: model)
    }
    #expect(try #require(error).description.contains(message))
  }

  @Test func noNumbersAreNoScore() throws {
    let model = try TinyModel.load("llama-grouped")
    model.head.weight.load(model.head.weight.tensor * .nan)
    let error = #expect(throws: GenerationError.self) {
      try LogLikelihood.of([TokenContinuation([5, 6], after: [1])], by: model)
    }
    #expect(try #require(error).description.hasPrefix("the model gave no number for token 1 of continuation 1"))
  }

  @Test func nothingIsNothing() throws {
    #expect(try LogLikelihood.of([], by: TinyModel.load("llama-grouped")).isEmpty)
  }
}
