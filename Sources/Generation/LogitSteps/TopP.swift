import Foundation
import OrchardSettings

/// Keeps the fewest likely tokens whose probabilities together reach a share ("nucleus sampling", Holtzman et al.,
/// "The curious case of neural text degeneration", 2019).
///
/// At least one token is kept, and so are tokens that tie with the last one kept.
public struct TopP: LogitStep {
  /// The share of the probability to be reached, from 0 to 1.
  public let share: Double

  /// A step that keeps a share of the probability.
  public init(_ share: Double) { self.share = share }

  /// Rules out every token whose more likely tokens already hold the share.
  public func apply(to row: LogitRow) {
    guard share < 1 else { return }
    let greatest = row.greatest
    let weights = row.scratch.numbers
    var count = 0
    var total = 0.0
    for logit in row.logits where logit > -.infinity {
      let weight = exp(logit - greatest)
      weights[count] = weight
      total += Double(weight)
      count += 1
    }
    let candidates = UnsafeMutableBufferPointer(rebasing: weights[..<count])
    let threshold = least(in: candidates, holding: share * total)
    for token in row.logits.indices where exp(row.logits[token] - greatest) < threshold {
      row.logits[token] = -.infinity
    }
  }

  /// The least weight of which all greater ones together hold less than `mass`.
  ///
  /// Found as in quickselect: the weights are parted about a pivot, and only the part where the sum crosses `mass`
  /// is looked at again. A sort of the vocabulary would cost several times as much.
  private func least(in weights: UnsafeMutableBufferPointer<Float>, holding mass: Double) -> Float {
    var (first, end) = (0, weights.count)
    var above = 0.0
    var found = Float.infinity
    while first < end {
      let pivot = median(weights[first], weights[first + (end - first) / 2], weights[end - 1])
      // Greater ones to the front, lesser ones to the back, equal ones between them.
      var (greater, place, lesser) = (first, first, end)
      var (greaterSum, equalSum) = (0.0, 0.0)
      while place < lesser {
        let weight = weights[place]
        if weight > pivot {
          greaterSum += Double(weight)
          weights.swapAt(greater, place)
          greater += 1
          place += 1
        } else if weight < pivot {
          lesser -= 1
          weights.swapAt(place, lesser)
        } else {
          equalSum += Double(weight)
          place += 1
        }
      }
      if above + greaterSum >= mass, greater > first {
        end = greater
        continue
      }
      found = pivot
      above += greaterSum + equalSum
      if above >= mass { break }
      first = lesser
    }
    return found
  }

  private func median(_ a: Float, _ b: Float, _ c: Float) -> Float { max(min(a, b), min(max(a, b), c)) }

  static let kind = LogitStepKind(
    "top-p", "Keeps the fewest likely tokens that together have this share of the probability.", .range(0...1)
  ) { TopP($0) }
}
