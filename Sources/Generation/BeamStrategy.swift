import Foundation
import OrchardTensors

/// Beam search: keeps the texts with the greatest summed log-probability beside each other.
///
/// Follows transformers 5 token for token: which candidates are looked at, when a text counts as finished, how its
/// score is made, and when the search ends.
struct BeamStrategy: DecodingStrategy {
  private let settings: GenerationSettings
  private let steps: [any LogitStep]
  private let rules: StopRules
  private let first: [[Int]]
  private let scratch: LogitScratch
  private var searches: [BeamSearch]

  /// Searches for prompts that the decoder begins with `first`.
  init(first: [[Int]], settings: GenerationSettings, rules: StopRules, vocabularySize: Int) {
    self.settings = settings
    self.rules = rules
    self.first = first
    steps = settings.logitSteps
    scratch = LogitScratch(vocabularySize: vocabularySize)
    searches = first.indices.map { BeamSearch(prompt: $0, settings: settings, rules: rules) }
  }

  mutating func choose(_ logits: Tensor) throws -> DecodingMove {
    let raw = logits.to(.float32).logSoftmax(along: -1)
    let vocabulary = raw.size(1)
    let processed = steps.isEmpty && rules.constraint == nil ? raw : afterSteps(raw)
    let scores = searches.flatMap { $0.running.map(\.score) }
    let totals = (processed + Tensor(scores, shape: [scores.count, 1], on: raw.device)).reshaped([searches.count, -1])
    // Enough that `beams` texts go on even if all others end: as many for each end token, and as many again.
    let wanted = max(2, 1 + rules.endTokens.count) * settings.beams
    let best = totals.top(min(wanted, totals.size(1)), along: 1)
    let count = best.indices.size(1)
    let totalValues = best.values.floats
    let places = best.indices.integers
    let rawValues = raw.reshaped([searches.count, -1]).gathered(1, by: best.indices).floats
    let chosenValues = processed.reshaped([searches.count, -1]).gathered(1, by: best.indices).floats

    var move = DecodingMove()
    var going: [BeamSearch] = []
    var base = 0
    for (index, var search) in searches.enumerated() {
      let candidates = (index * count..<(index + 1) * count).map { place in
        BeamSearch.Candidate(
          beam: places[place] / vocabulary, token: places[place] % vocabulary, score: totalValues[place],
          logProbability: rawValues[place], chosenLogProbability: chosenValues[place])
      }
      try GenerationError.checkNumber(candidates[0].score, prompt: search.prompt, position: search.length)
      let width = search.running.count
      search.advance(candidates, rules)
      if search.isDone {
        let sequences = search.sequences()
        move.generated += Self.tokens(of: sequences[0], prompt: search.prompt)
        move.finished.append((search.prompt, sequences))
      } else {
        move.rows += search.running.map { base + $0.parent }
        move.tokens += search.running.map { search.token(of: $0) }
        going.append(search)
      }
      base += width
    }
    searches = going
    return move
  }

  /// The log-probabilities after the logit steps, as transformers applies them in beam search.
  private func afterSteps(_ raw: Tensor) -> Tensor {
    let width = raw.size(1)
    var values = raw.floats
    values.withUnsafeMutableBufferPointer { values in
      var index = 0
      for search in searches {
        for beam in search.running {
          let logits = UnsafeMutableBufferPointer(rebasing: values[index * width..<(index + 1) * width])
          let history = first[search.prompt] + search.tokens(of: beam)
          let row = LogitRow(logits: logits, history: history, scratch: scratch)
          let left = rules.limits[search.prompt].count - search.length
          row.apply(steps, under: rules.constraint, in: beam.constrained, left: left)
          index += 1
        }
      }
    }
    return Tensor(values, shape: raw.shape, on: raw.device)
  }

  private static func tokens(of sequence: GeneratedSequence, prompt: Int) -> [GeneratedToken] {
    sequence.tokens.indices.map { place in
      let isLast = place == sequence.tokens.count - 1
      return GeneratedToken(
        prompt: prompt, token: sequence.tokens[place], logProbability: sequence.logProbabilities[place],
        chosenLogProbability: sequence.chosenLogProbabilities[place], text: isLast ? sequence.text : "",
        finish: isLast ? sequence.finish : nil)
    }
  }
}
