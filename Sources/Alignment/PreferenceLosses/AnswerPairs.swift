import OrchardTensors

/// A figure of the chosen and of the rejected answer of each of N pairs, `[N]` each: log-probabilities or scores.
public struct AnswerPairs {
  /// That of the chosen answers.
  public let chosen: Tensor
  /// That of the rejected ones.
  public let rejected: Tensor

  /// Pairs.
  public init(chosen: Tensor, rejected: Tensor) {
    precondition(chosen.shape == rejected.shape, "\(chosen.shape) chosen and \(rejected.shape) rejected")
    self.chosen = chosen
    self.rejected = rejected
  }

  /// The same with the other answer as the chosen one.
  var swapped: AnswerPairs { AnswerPairs(chosen: rejected, rejected: chosen) }

  /// How much the chosen answer has more, `[N]`.
  var margin: Tensor { chosen - rejected }

  /// The figures of both times a factor.
  func scaled(by factor: Double) -> AnswerPairs {
    AnswerPairs(chosen: chosen * factor, rejected: rejected * factor)
  }

  /// The figures of both less those of others.
  static func - (a: AnswerPairs, b: AnswerPairs) -> AnswerPairs {
    AnswerPairs(chosen: a.chosen - b.chosen, rejected: a.rejected - b.rejected)
  }

  /// 1 where the chosen answer has more, ½ at a tie, else 0, `[N]`.
  var isRight: Tensor {
    let margin = margin.detached
    return (margin .> 0).to(.float32) + (margin .== 0).to(.float32) * 0.5
  }

  /// The share of pairs whose chosen answer has more; a tie counts half.
  public var accuracy: Double { isRight.mean.scalar }
}

extension Tensor {
  /// log σ(x), also where σ(x) is 0 in fp32.
  var logSigmoid: Tensor { ((self * -1).relu + ((absolute * -1).exponential + 1).logarithm) * -1 }
}
