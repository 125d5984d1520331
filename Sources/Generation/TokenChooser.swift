import Foundation
import OrchardTensors

/// What is chosen for one place of a row.
struct TokenChoice {
  var token: Int
  /// In the model's own distribution, in nats.
  var logProbability: Float
  /// In the distribution that it was chosen from, in nats.
  var chosenLogProbability: Float
  /// The likeliest tokens of the model's own distribution, where they are asked for.
  var alternatives: [TokenAlternative] = []
}

/// Chooses tokens from logits: the likeliest after the logit steps, or one drawn by its probability.
struct TokenChooser {
  let steps: [any LogitStep]
  let sample: Bool
  let vocabularySize: Int
  private let alternativeCount: Int
  private let mends: Bool
  private let rules: StopRules
  private let scratch: LogitScratch

  init(_ start: DecodingStart) {
    steps = start.steps
    sample = start.settings.sample
    vocabularySize = start.vocabularySize
    alternativeCount = start.settings.alternatives
    mends = start.steps.contains { $0 is RemoveInvalidValues }
    rules = start.rules
    scratch = LogitScratch(vocabularySize: start.vocabularySize)
  }

  /// Logits of several places, ready to choose from.
  struct Offers {
    /// What the engine found, where nothing but the model decides.
    fileprivate var likeliest: [TokenChoice]?
    /// The logits to choose from `[N, V]`, on the CPU.
    fileprivate let values: Tensor
    /// The model's own logits, where guidance has changed those to choose from.
    fileprivate let own: Tensor
    /// The logarithm of the sum of the exponentials of the model's own logits.
    fileprivate let sums: [Float]
    fileprivate var alternatives: [[TokenAlternative]] = []
  }

  /// Makes logits `[N, V]` ready to choose from; `guided` are those that guidance has made of them.
  func offers(_ logits: Tensor, guided: Tensor? = nil) -> Offers {
    let logits = logits.to(.float32)
    let alternatives = alternatives(of: logits)
    if !sample, steps.isEmpty, guided == nil, rules.constraint == nil {
      var choices = logits.likeliest.map {
        TokenChoice(token: $0.token, logProbability: $0.logProbability, chosenLogProbability: $0.logProbability)
      }
      for (place, found) in alternatives.enumerated() { choices[place].alternatives = found }
      return Offers(likeliest: choices, values: logits, own: logits, sums: [])
    }
    let own = logits.to(.cpu).contiguous
    return Offers(
      values: guided?.to(.float32).to(.cpu).contiguous ?? own, own: own,
      sums: logits.logSumExponentials(along: -1).floats, alternatives: alternatives)
  }

  private func alternatives(of logits: Tensor) -> [[TokenAlternative]] {
    guard alternativeCount > 0 else { return [] }
    let count = min(alternativeCount, logits.size(1))
    let best = logits.top(count, along: -1)
    let values = (best.values - logits.logSumExponentials(along: -1, keepingDimension: true)).floats
    let tokens = best.indices.integers
    return (0..<logits.size(0)).map { row in
      (row * count..<(row + 1) * count).map { TokenAlternative(token: tokens[$0], logProbability: values[$0]) }
    }
  }

  /// Chooses at one place; of drawn `drafts` only by the rule that keeps the distribution.
  ///
  /// A token that was drawn from a draft's distribution q is kept with the probability p/q, and else another is drawn
  /// from what p has more than q (Leviathan and others 2023, algorithm 1).
  func choice(_ place: Int, of offers: Offers, for row: PickedRow, draft: Draft?) -> TokenChoice {
    if let likeliest = offers.likeliest { return likeliest[place] }
    let position = row.sequence.tokens.count
    return changed(
      offers, place, history: row.history, context: row.context, under: rules.constraint, in: row.constrained
    ) { logits in
      guard sample else { return logits.choose(nil) }
      guard let draft, let probabilities = draft.probabilities else {
        return logits.choose(row.random.uniform(at: position))
      }
      return logits.choose(
        against: probabilities, drafted: draft.token, kept: row.random.uniform(at: position, lane: .acceptance),
        draw: row.random.uniform(at: position, lane: .remainder))
    }
  }

  /// Drafts a token; `probability` is what it had in the distribution that it comes from.
  func draft(_ offers: Offers, at place: Int, history: [Int], context: RowContext, draw: Double)
    -> (draft: Draft, probability: Double)
  {
    if let likeliest = offers.likeliest {
      let choice = likeliest[place]
      return (Draft(token: choice.token), exp(Double(choice.logProbability)))
    }
    var probabilities: [Float]?
    let choice = changed(offers, place, history: history, context: context) { logits in
      let chosen = logits.choose(sample ? draw : nil)
      if sample { probabilities = logits.probabilities() }
      return chosen
    }
    return (Draft(token: choice.token, probabilities: probabilities), exp(Double(choice.chosenLogProbability)))
  }

  private func changed(
    _ offers: Offers, _ place: Int, history: [Int], context: RowContext, under constraint: (any TokenConstraint)? = nil,
    in constrained: ConstraintState? = nil,
    _ choose: (LogitRow) -> (token: Int, logProbability: Float)
  ) -> TokenChoice {
    let width = offers.values.size(1)
    let logits = UnsafeMutableBufferPointer(rebasing: scratch.row[..<width])
    offers.values.withElements(of: Float.self) { values in
      _ = logits.update(fromContentsOf: values[place * width..<(place + 1) * width])
    }
    let row = LogitRow(logits: logits, history: history, context: context, scratch: scratch)
    row.apply(steps, under: constraint, in: constrained)
    let (token, logProbability) = choose(row)
    let own = offers.own.withElements(of: Float.self) { $0[place * width + token] } - offers.sums[place]
    // Where remove-invalid-values mended the model's numbers, there is no distribution of its own.
    return TokenChoice(
      token: token, logProbability: own.isNaN && mends ? logProbability : own, chosenLogProbability: logProbability,
      alternatives: offers.alternatives.isEmpty ? [] : offers.alternatives[place])
  }
}

extension LogitRow {
  /// The probability of every token.
  func probabilities() -> [Float] {
    let distribution = distribution()
    return logits.indices.map { Float(Double(scratch.numbers[$0]) / distribution.total) }
  }

  /// Keeps a drafted token or draws another, so that what comes out is distributed by these logits.
  ///
  /// The draft was drawn from `drafts`, a probability for each token; `kept` and `draw` are random numbers from 0 to
  /// below 1.
  package func choose(against drafts: [Float], drafted: Int, kept: Double, draw: Double)
    -> (token: Int, logProbability: Float)
  {
    let distribution = distribution()
    let weights = scratch.numbers
    func logProbability(_ token: Int) -> Float {
      logits[token] - distribution.greatest - Float(log(distribution.total))
    }
    let wanted = Double(weights[drafted]) / distribution.total
    if kept * Double(drafts[drafted]) < wanted { return (drafted, logProbability(drafted)) }
    var rest = 0.0
    for token in logits.indices { rest += max(0, Double(weights[token]) / distribution.total - Double(drafts[token])) }
    // Equal distributions leave nothing but rounding: any draw from them is right.
    guard rest > 1e-9 else { return choose(draw) }
    var target = draw * rest
    var last = drafted
    for token in logits.indices {
      let more = Double(weights[token]) / distribution.total - Double(drafts[token])
      guard more > 0 else { continue }
      last = token
      target -= more
      if target < 0 { break }
    }
    return (last, logProbability(last))
  }
}
