import Foundation
import OrchardTensors

/// Chooses one token for each row: the likeliest, or one drawn by its probability.
struct PickingStrategy: DecodingStrategy {
  private struct Row {
    let prompt: Int
    let random: RandomStream
    var history: [Int]
    var sequence = GeneratedSequence()
    var text: RowText?
    var constrained: ConstraintState?
  }

  private struct Choice {
    var token: Int
    var logProbability: Float
    var chosenLogProbability: Float
  }

  private let steps: [any LogitStep]
  private let sample: Bool
  private let rules: StopRules
  private let scratch: LogitScratch
  private var rows: [Row]

  /// Rows for prompts that the decoder begins with `first`.
  init(
    _ prompts: [TokenPrompt], first: [[Int]], settings: GenerationSettings, rules: StopRules, vocabularySize: Int
  ) {
    steps = settings.logitSteps
    sample = settings.sample
    self.rules = rules
    scratch = LogitScratch(vocabularySize: vocabularySize)
    let seed = UInt64(settings.seed)
    rows = prompts.enumerated().map { index, prompt in
      Row(
        prompt: index, random: RandomStream(seed: seed, prompt: prompt.tokens, sample: prompt.sample),
        history: first[index], text: rules.text, constrained: rules.constraint?.start)
    }
  }

  mutating func choose(_ logits: Tensor) throws -> DecodingMove {
    let logits = logits.to(.float32)
    let choices = sample || !steps.isEmpty || rules.constraint != nil ? choicesAfterSteps(logits) : likeliest(logits)
    var move = DecodingMove()
    var going: [Row] = []
    for (index, choice) in choices.enumerated() {
      try GenerationError.checkNumber(
        choice.logProbability, prompt: rows[index].prompt, position: rows[index].sequence.tokens.count)
      let reason = advance(&rows[index], choice, &move)
      if reason != nil {
        move.finished.append((rows[index].prompt, [rows[index].sequence]))
      } else {
        move.rows.append(index)
        move.tokens.append(choice.token)
        going.append(rows[index])
      }
    }
    rows = going
    return move
  }

  private func advance(_ row: inout Row, _ choice: Choice, _ move: inout DecodingMove) -> FinishReason? {
    row.sequence.tokens.append(choice.token)
    row.sequence.logProbabilities.append(choice.logProbability)
    row.sequence.chosenLogProbabilities.append(choice.chosenLogProbability)
    row.history.append(choice.token)
    var piece = ""
    let reason = rules.finish(
      of: row.prompt, token: choice.token, count: row.sequence.tokens.count, text: &row.text, piece: &piece,
      constrained: &row.constrained)
    row.sequence.text += piece
    if let reason { row.sequence.finish = reason }
    move.generated.append(
      GeneratedToken(
        prompt: row.prompt, token: choice.token, logProbability: choice.logProbability,
        chosenLogProbability: choice.chosenLogProbability, text: piece, finish: reason))
    return reason
  }

  /// The likeliest token of each row, found by the engine.
  private func likeliest(_ logits: Tensor) -> [Choice] {
    let tokens = logits.indexOfMaximum(along: -1, keepingDimension: true)
    let values = logits.gathered(-1, by: tokens) - logits.logSumExponentials(along: -1, keepingDimension: true)
    return zip(tokens.integers, values.floats).map {
      Choice(token: $0, logProbability: $1, chosenLogProbability: $1)
    }
  }

  /// Each row's token after the logit steps, row by row on the CPU.
  private func choicesAfterSteps(_ logits: Tensor) -> [Choice] {
    let sums = logits.logSumExponentials(along: -1).floats
    let width = logits.size(1)
    let values = logits.to(.cpu).contiguous
    return values.withElements(of: Float.self) { values in
      rows.indices.map { index in
        let raw = UnsafeBufferPointer(rebasing: values[index * width..<(index + 1) * width])
        let changed = UnsafeMutableBufferPointer(rebasing: scratch.row[..<width])
        _ = changed.update(fromContentsOf: raw)
        let row = LogitRow(logits: changed, history: rows[index].history, scratch: scratch)
        let left = rules.limits[rows[index].prompt].count - rows[index].sequence.tokens.count
        row.apply(steps, under: rules.constraint, in: rows[index].constrained, left: left)
        let draw = sample ? rows[index].random.uniform(at: rows[index].sequence.tokens.count) : nil
        let (token, logProbability) = row.choose(draw)
        return Choice(
          token: token, logProbability: raw[token] - sums[index], chosenLogProbability: logProbability)
      }
    }
  }
}

extension LogitRow {
  /// The likeliest token, or, for a `draw` from 0 to below 1, the one in whose part of the cumulative distribution it
  /// falls; with the token's log-probability.
  ///
  /// Logits that are no numbers give a log-probability that is none.
  package func choose(_ draw: Double?) -> (token: Int, logProbability: Float) {
    let greatest = greatest
    var total = 0.0
    var likeliest = 0
    let weights = scratch.numbers
    for token in logits.indices {
      let logit = logits[token]
      // exp is what this costs, and most tokens are ruled out.
      weights[token] = logit == -.infinity ? 0 : exp(logit - greatest)
      total += Double(weights[token])
      if logit == greatest, logits[likeliest] < greatest { likeliest = token }
    }
    var token = likeliest
    if let draw {
      var rest = draw * total
      for candidate in logits.indices where weights[candidate] > 0 {
        token = candidate
        rest -= Double(weights[candidate])
        if rest < 0 { break }
      }
    }
    return (token, logits[token] - greatest - Float(log(total)))
  }
}
