import Foundation
import OrchardTensors

/// The scores of all tokens that may continue some beams, and how candidates are picked among them.
struct BeamScores {
  /// The model's logits `[R, V]`.
  private let logits: Tensor
  /// The logarithm of each row's sum of exponentials.
  private let sums: [Float]
  /// Log-probabilities after the logit steps `[R, V]`; nil where there are none, and the logits stand in for them.
  private let processed: Tensor?

  /// Scores of rows of logits `[R, V]`, changed by `steps` where there are any.
  ///
  /// `change` is called for each row with its log-probabilities, which it changes in place.
  init(_ logits: Tensor, change: ((_ row: Int, UnsafeMutableBufferPointer<Float>) -> Void)?) {
    let sums = logits.logSumExponentials(along: -1, keepingDimension: true)
    self.logits = logits
    self.sums = sums.floats
    guard let change else {
      processed = nil
      return
    }
    let width = logits.size(1)
    let values = (logits - sums).to(.cpu).contiguous
    values.withMutableElements { elements in
      for row in 0..<logits.size(0) {
        change(row, UnsafeMutableBufferPointer(rebasing: elements[row * width..<(row + 1) * width]))
      }
    }
    processed = values.to(logits.device)
  }

  /// The best candidates of each search, from best to worst: `count` of them, or fewer in a small vocabulary.
  ///
  /// Each search has as many rows as `scores[search]` has beams. Without logit steps nothing here is as large as the
  /// vocabulary but what the engine does.
  func best(_ count: Int, scores: [[Float]]) -> [[BeamSearch.Candidate]] {
    let ranked = processed ?? logits
    let kept = min(count, ranked.size(1))
    let best = ranked.top(kept, along: 1)
    let (values, tokens) = (best.values.floats, best.indices.integers)
    let raw = processed == nil ? values : logits.gathered(1, by: best.indices).floats
    var row = 0
    return scores.map { scores in
      var candidates: [BeamSearch.Candidate] = []
      for (beam, score) in scores.enumerated() {
        for place in row * kept..<(row + 1) * kept {
          let own = raw[place] - sums[row]
          let chosen = processed == nil ? own : values[place]
          // What a step has ruled out is no candidate, however few there are.
          if chosen == -.infinity, place > row * kept { break }
          candidates.append(
            BeamSearch.Candidate(
              beam: beam, token: tokens[place], score: chosen + score, logProbability: own.isNaN ? chosen : own,
              chosenLogProbability: chosen))
        }
        row += 1
      }
      return Array(BeamSearch.stablySorted(candidates, by: \.score).prefix(count))
    }
  }

  /// Candidates of each search drawn by their probabilities, none twice, in the order of the draws.
  ///
  /// `draw` gives the numbers of at least 0 and below 1 for a search's draws.
  func drawn(_ count: Int, scores: [[Float]], draw: (_ search: Int, _ number: Int) -> Double)
    -> [[BeamSearch.Candidate]]
  {
    let width = logits.size(1)
    let total =
      (processed ?? (logits - Tensor(sums, shape: [sums.count, 1], on: logits.device)))
      + Tensor(scores.flatMap { $0 }, shape: [sums.count, 1], on: logits.device)
    var row = 0
    return scores.enumerated().map { search, scores in
      let weights = total.sliced(0, row..<row + scores.count).reshaped([-1]).softmax(along: -1).to(.cpu).contiguous
      let first = row
      row += scores.count
      let places = weights.withElements(of: Float.self) { weights in
        var draws = WeightedDraws(weights)
        return draws.places(count) { draw(search, $0) }
      }
      return places.map { place in
        candidate(row: first + place / width, beam: place / width, token: place % width, score: scores[place / width])
      }
    }
  }

  /// The likeliest token of a row.
  func likeliest(row: Int) -> Int {
    (processed ?? logits).selected(0, row).indexOfMaximum(along: -1).scalarInteger
  }

  /// The candidate of a row and token.
  func candidate(row: Int, beam: Int, token: Int, score: Float) -> BeamSearch.Candidate {
    func value(_ tensor: Tensor) -> Float { Float(tensor.selected(0, row).selected(0, token).scalar) }
    let own = value(logits) - sums[row]
    let chosen = processed.map(value) ?? own
    return BeamSearch.Candidate(
      beam: beam, token: token, score: chosen + score, logProbability: own.isNaN ? chosen : own,
      chosenLogProbability: chosen)
  }
}

/// Draws places by their weights, none twice.
struct WeightedDraws {
  private let weights: UnsafeBufferPointer<Float>
  private var sums: [Double]
  private static let block = 512

  /// Draws among weights that are none below 0.
  init(_ weights: UnsafeBufferPointer<Float>) {
    self.weights = weights
    sums = stride(from: 0, to: weights.count, by: Self.block).map { start in
      weights[start..<min(start + Self.block, weights.count)].reduce(0.0) { $0 + Double($1) }
    }
  }

  /// Up to `count` places, fewer where no more have a weight; `draw` gives a number from 0 to below 1 for each.
  ///
  /// The sums of blocks are walked, then one block: a draw costs little beside the pass that made the sums.
  mutating func places(_ count: Int, draw: (Int) -> Double) -> [Int] {
    var taken: [Int] = []
    for number in 0..<count {
      // What was taken is left out of its block's sum, to the digit: the block is added up again.
      guard let place = place(of: draw(number) * sums.reduce(0, +), besides: taken) else { break }
      taken.append(place)
      let start = place / Self.block * Self.block
      sums[place / Self.block] = (start..<min(start + Self.block, weights.count)).reduce(0.0) { sum, place in
        taken.contains(place) ? sum : sum + Double(weights[place])
      }
    }
    return taken
  }

  private func place(of target: Double, besides taken: [Int]) -> Int? {
    var rest = target
    var last: Int?
    for (index, sum) in sums.enumerated() where sum > 0 {
      let start = index * Self.block
      // The last block with any weight is searched even where rounding leaves a rest.
      let isLast = !sums[(index + 1)...].contains { $0 > 0 }
      if rest >= sum, !isLast {
        rest -= sum
        continue
      }
      for place in start..<min(start + Self.block, weights.count) where weights[place] > 0 && !taken.contains(place) {
        last = place
        rest -= Double(weights[place])
        if rest < 0 { return place }
      }
      return last
    }
    return last
  }
}
