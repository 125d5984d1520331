import Foundation
import OrchardTensors

/// Chooses one token for each row: the likeliest, or one drawn by its probability.
struct PickingStrategy: DecodingStrategy {
  private struct Row {
    let prompt: Int
    let number: Int
    let random: RandomStream
    let context: RowContext
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
  private let mends: Bool
  private let rules: StopRules
  private let scratch: LogitScratch
  private var rows: [Row]
  /// The finished texts of the prompts whose others go on.
  private var finished: [[GeneratedSequence?]]

  /// Rows for prompts, `returnSequences` for each, beside each other.
  init(_ start: DecodingStart) {
    steps = start.steps
    sample = start.settings.sample
    mends = start.steps.contains { $0 is RemoveInvalidValues }
    rules = start.rules
    scratch = LogitScratch(vocabularySize: start.vocabularySize)
    let seed = UInt64(start.settings.seed)
    let count = start.settings.returnSequences
    finished = Array(repeating: Array(repeating: nil, count: count), count: start.prompts.count)
    rows = start.prompts.indices.flatMap { index in
      (0..<count).map { number in
        let prompt = start.prompts[index]
        return Row(
          prompt: index, number: number,
          random: RandomStream(seed: seed, prompt: prompt.tokens, sample: prompt.sample * count + number),
          context: start.context(of: index), history: start.first[index], text: start.rules.text,
          constrained: start.rules.constraint?.start)
      }
    }
  }

  mutating func choose(_ logits: Tensor) throws -> DecodingMove {
    let logits = logits.to(.float32)
    let choices = sample || !steps.isEmpty || rules.constraint != nil ? choicesAfterSteps(logits) : likeliest(logits)
    var move = DecodingMove()
    var going: [Row] = []
    for (index, choice) in choices.enumerated() {
      try check(choice, of: rows[index])
      let reason = advance(&rows[index], choice, &move)
      if reason != nil {
        finish(rows[index], &move)
      } else {
        move.rows.append(index)
        move.tokens.append(choice.token)
        going.append(rows[index])
      }
    }
    rows = going
    return move
  }

  private func check(_ choice: Choice, of row: Row) throws {
    let position = row.sequence.tokens.count
    try GenerationError.checkNumber(choice.logProbability, prompt: row.prompt, position: position)
    try GenerationError.checkChoice(choice.chosenLogProbability, prompt: row.prompt, position: position)
  }

  /// Keeps a row's text until all of its prompt are there.
  private mutating func finish(_ row: Row, _ move: inout DecodingMove) {
    finished[row.prompt][row.number] = row.sequence
    let sequences = finished[row.prompt].compactMap { $0 }
    if sequences.count == finished[row.prompt].count { move.finished.append((row.prompt, sequences)) }
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
        prompt: row.prompt, sequence: row.number, token: choice.token, logProbability: choice.logProbability,
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
        let row = LogitRow(
          logits: changed, history: rows[index].history, context: rows[index].context, scratch: scratch)
        row.apply(steps, under: rules.constraint, in: rows[index].constrained)
        let draw = sample ? rows[index].random.uniform(at: rows[index].sequence.tokens.count) : nil
        let (token, logProbability) = row.choose(draw)
        // Where remove-invalid-values mended the model's numbers, there is no distribution of its own.
        let own = raw[token] - sums[index]
        return Choice(
          token: token, logProbability: own.isNaN && mends ? logProbability : own, chosenLogProbability: logProbability)
      }
    }
  }
}
