import Foundation
import OrchardJSON

/// The work by which the speed of metrics is compared with that of the reference packages.
package enum MetricsBenchmark {
  /// Pairs of texts like summaries: sentences of words whose frequencies fall as in natural language, a prediction
  /// sharing about two thirds of its reference's words.
  package static func corpus(pairs: Int, seed: UInt64 = 1) throws -> PredictionSet {
    var random = SplitMix64(seed: seed)
    let vocabulary = (0..<20_000).map { _ in word(&random) }
    func draw() -> String {
      // The rank of a word drawn by Zipf's law: its logarithm is even.
      let even = Double(random.next() >> 11) / Double(1 << 53)
      return vocabulary[Int(pow(Double(vocabulary.count), even)) - 1]
    }
    var predictions: [String] = []
    var references: [String] = []
    for _ in 0..<pairs {
      let words = (0..<(20 + random.below(40))).map { _ in draw() }
      references.append(sentences(words))
      predictions.append(sentences(words.compactMap { random.below(6) < 4 ? $0 : random.below(2) == 0 ? draw() : nil }))
    }
    return try PredictionSet(predictions: predictions, references: references)
  }

  /// The seconds that scoring takes, `repeats` times for each kind of work.
  ///
  /// The kinds are named as in `Benchmarks/metrics_peer.py`: `rouge` (ROUGE-1, -2, -L and -Lsum), `rouge-stemmed`,
  /// `bleu`, `chrf`.
  package static func measure(_ corpus: PredictionSet, repeats: Int) throws -> [JSONValue] {
    let work: [(String, any Metric)] = [
      ("rouge", ROUGE()), ("rouge-stemmed", ROUGE(stemmer: true)), ("bleu", BLEU()), ("chrf", ChrF()),
    ]
    return try work.map { name, metric in
      var seconds: [JSONValue] = []
      var value = 0.0
      for _ in 0..<repeats {
        let start = ContinuousClock.now
        let report = try ScoreReport(scoring: corpus, with: [metric])
        seconds.append(.number((ContinuousClock.now - start) / .seconds(1)))
        value = report.scores[metric is ROUGE ? 2 : 0].value
      }
      return [
        "work": .string(name), "side": "orchard", "pairs": .integer(corpus.count), "seconds": .array(seconds),
        "value": .number(value),
      ]
    }
  }

  /// Writes the texts, one a line, for both sides to read.
  package static func write(_ corpus: PredictionSet, to folder: URL) throws {
    for (name, texts) in [("predictions.txt", corpus.predictions), ("references.txt", corpus.references.map { $0[0] })]
    {
      try Data(texts.map { $0 + "\n" }.joined().utf8).write(to: folder.appending(path: name))
    }
  }

  private static func word(_ random: inout SplitMix64) -> String {
    let onsets = ["b", "ch", "d", "f", "gr", "h", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "w", ""]
    let vowels = ["a", "e", "i", "o", "u", "ea", "ou"]
    let endings = ["", "", "n", "r", "s", "ing", "ed", "ly", "tion", "ness", "er", "al"]
    let stem = (0...random.below(3)).map { _ in
      onsets[random.below(onsets.count)] + vowels[random.below(vowels.count)]
    }
    return stem.joined() + endings[random.below(endings.count)]
  }

  private static func sentences(_ words: [String]) -> String {
    var text = ""
    for (place, word) in words.enumerated() {
      text += place % 12 == 0 ? word.capitalized : word
      text += place == words.count - 1 || place % 12 == 11 ? ". " : place % 5 == 3 ? ", " : " "
    }
    return text
  }
}
