import Foundation
import OrchardEvaluation
import OrchardTensors
import OrchardTokenizers

extension OrchardBench {
  /// All lines of a file to token ids, on one thread.
  ///
  /// A new tokenizer each time: one that remembers the words of the last time would only look them up. One unit is a
  /// byte.
  static func encoding(tokenizer folder: URL, file: URL) throws -> Work {
    var tokenizer = try Tokenizer(folder: folder)
    let lines = try lines(of: file)
    let bytes = try Data(contentsOf: file).count
    return Work(prepare: { tokenizer = try Tokenizer(folder: folder) }) {
      var ids = 0
      for line in lines { ids += tokenizer.encodeIDs(line).count }
      guard ids > 0 else { throw EngineError("\(file.path) gave no token") }
      return bytes
    }
  }

  /// Scores of pairs, each a line in two files.
  ///
  /// One unit is a pair.
  static func scoring(metric name: String, predictions: URL, references: URL) throws -> () throws -> Int {
    let pairs = try PredictionSet(predictions: lines(of: predictions), references: lines(of: references))
    let metrics: [String: any Metric] = [
      "rouge": ROUGE([.ngrams(1), .ngrams(2), .longestSubsequence], stemmer: true), "bleu": BLEU(),
    ]
    guard let metric = metrics[name] else { throw EngineError("unknown metric “\(name)”; use rouge or bleu") }
    return {
      guard try ScoreReport(scoring: pairs, with: [metric]).scores.allSatisfy({ $0.value > 0 }) else {
        throw EngineError("a score of 0, where the texts are alike")
      }
      return pairs.count
    }
  }

  static func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
