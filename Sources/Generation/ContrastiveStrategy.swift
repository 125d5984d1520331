import Foundation
import OrchardSettings
import OrchardTensors

/// Contrastive search: of the likeliest tokens the one that is likely and yet unlike all that stands before.
///
/// Each of the `top-k` candidates is read, all of them in one batch; a candidate's penalty is the greatest cosine
/// between its last hidden state and those before it. Su and others, "A contrastive framework for neural text
/// generation", 2022; token for token as in transformers 4.55, the last that had it.
struct ContrastiveStrategy: DecodingStrategy {
  private struct Row {
    var text: PickedRow
    /// The hidden states so far, each of length 1, `[S, D]`.
    var seen: Tensor
    /// The candidates that are being read: their tokens, and their probabilities.
    var candidates: [(choice: TokenChoice, probability: Float)]
  }

  private let penalty: Float
  private let count: Int
  private let steps: [any LogitStep]
  private let rules: StopRules
  private let scratch: LogitScratch
  private let alternatives: Int
  private let fresh: [PickedRow]
  private var rows: [Row] = []
  private var isFirst = true

  init(_ start: DecodingStart) {
    penalty = Float(start.settings.contrast ?? 0)
    count = min(start.vocabularySize, Int(start.settings[step: TopK.kind.name] ?? 1))
    alternatives = start.settings.alternatives
    steps = start.steps
    rules = start.rules
    scratch = LogitScratch(vocabularySize: start.vocabularySize)
    fresh = start.prompts.indices.map { index in
      PickedRow(
        prompt: index, number: 0, random: RandomStream(seed: 0, prompt: []), context: start.context(of: index),
        history: start.first[index], text: start.rules.text, constrained: start.rules.constraint?.start)
    }
  }

  var wantsAllPlaces: Bool { isFirst }

  mutating func choose(_ reading: Reading) throws -> DecodingMove {
    var move = DecodingMove()
    let kept = isFirst ? begin(reading) : rank(reading, &move)
    isFirst = false
    guard !kept.isEmpty else { return move }
    try offer(reading.rows(kept).logits.to(.float32))
    for (row, place) in zip(rows, kept) {
      move.rows += Array(repeating: place, count: count)
      move.tokens += row.candidates.map(\.choice.token)
    }
    return move
  }

  /// Takes the prompts' hidden states.
  private mutating func begin(_ reading: Reading) -> [Int] {
    rows = fresh.enumerated().map { index, text in
      let states = reading.hidden.selected(0, index).sliced(0, 0..<reading.lengths[index])
      return Row(text: text, seen: Self.normalized(states), candidates: [])
    }
    return Array(rows.indices)
  }

  /// Chooses among the candidates that were read; returns the read row of each text that goes on.
  private mutating func rank(_ reading: Reading, _ move: inout DecodingMove) -> [Int] {
    let states = Self.normalized(reading.hidden.selected(1, 0))
    var kept: [Int] = []
    var going: [Row] = []
    for (index, row) in rows.enumerated() {
      var row = row
      let own = states.sliced(0, index * count..<(index + 1) * count)
      let likeness = own.matmul(row.seen.transposed(0, 1)).maximum(along: 1).floats
      let scores = zip(row.candidates, likeness).map { (1 - penalty) * $0.probability - penalty * $1 }
      let best = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
      if let reason = row.text.advance(row.candidates[best].choice, rules, &move) {
        row.text.sequence.finish = reason
        move.finished.append((row.text.prompt, [row.text.sequence]))
        continue
      }
      row.seen = .concatenated([row.seen, own.sliced(0, best..<best + 1)], along: 0)
      kept.append(index * count + best)
      going.append(row)
    }
    rows = going
    return kept
  }

  /// Finds each row's candidates: the likeliest tokens after the logit steps.
  private mutating func offer(_ logits: Tensor) throws {
    let own = logits.logSoftmax(along: -1)
    let changed = steps.isEmpty && rules.constraint == nil ? own : afterSteps(logits).logSoftmax(along: -1)
    let best = changed.top(count, along: -1)
    let tokens = best.indices.integers
    let values = best.values.floats
    let raw = own.gathered(-1, by: best.indices).floats
    let told = alternatives > 0 ? own.top(min(alternatives, own.size(1)), along: -1) : nil
    let toldTokens = told?.indices.integers ?? []
    let toldValues = told?.values.floats ?? []
    let width = told?.values.size(1) ?? 0
    for index in rows.indices {
      let row = rows[index].text
      let position = row.sequence.tokens.count
      let others = (index * width..<(index + 1) * width).map {
        TokenAlternative(token: toldTokens[$0], logProbability: toldValues[$0])
      }
      rows[index].candidates = try (index * count..<(index + 1) * count).map { place in
        try GenerationError.checkNumber(raw[place], prompt: row.prompt, position: position)
        let choice = TokenChoice(
          token: tokens[place], logProbability: raw[place], chosenLogProbability: values[place], alternatives: others)
        return (choice, exp(values[place]))
      }
    }
  }

  private func afterSteps(_ logits: Tensor) -> Tensor {
    let width = logits.size(1)
    var values = logits.floats
    values.withUnsafeMutableBufferPointer { values in
      for (index, row) in rows.enumerated() {
        let logits = UnsafeMutableBufferPointer(rebasing: values[index * width..<(index + 1) * width])
        let row = LogitRow(
          logits: logits, history: row.text.history, context: row.text.context, scratch: scratch)
        row.apply(steps, under: rules.constraint, in: rows[index].text.constrained)
      }
    }
    return Tensor(values, shape: logits.shape, on: logits.device)
  }

  /// Rows of length 1.
  private static func normalized(_ states: Tensor) -> Tensor {
    let states = states.to(.float32)
    return states / (states * states).sum(along: -1, keepingDimension: true).squareRoot
  }
}

extension GenerationSettings {
  static var contrastFields: [Field<Self>] {
    [
      Field(
        "penalty-alpha", \Self.contrast,
        "Contrastive search among the top-k likeliest tokens: how much likeness to earlier ones counts, from 0 to 1.",
        .range(0...1))
    ]
  }

  var contrastComplaints: [SettingsComplaint] {
    guard contrast != nil else { return [] }
    var complaints: [SettingsComplaint] = []
    if (self[step: TopK.kind.name] ?? 0) < 2 {
      complaints.append(SettingsComplaint("penalty-alpha", "chooses among the top-k likeliest; set top-k to 2 or more"))
    }
    if sample { complaints.append(SettingsComplaint("penalty-alpha", "does not draw; leave out sample")) }
    if beams > 1 { complaints.append(SettingsComplaint("penalty-alpha", "does not go with num-beams; give one")) }
    return complaints
  }
}
