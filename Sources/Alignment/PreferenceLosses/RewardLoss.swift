import OrchardTensors

/// What a reward model makes smaller: -log σ(score of the better answer - score of the worse one).
///
/// Bradley and Terry 1952; Ouyang and others, "Training language models to follow instructions with human feedback", 2022,
/// equation 1.
public struct RewardLoss: Sendable, Equatable {
  /// How much scores far from 0 cost, of which pairs alone say nothing: this times the squared sum of a pair's scores
  /// (Eisenstein and others, "Helping or herding?", 2023).
  public var centring = 0.0

  /// The loss with its defaults.
  public init() {}

  /// The loss of each pair `[N]`, in nats; `margins` `[N]` tell by how much the better one is to be better (Touvron and
  /// others, "Llama 2", 2023).
  public func callAsFunction(_ scores: AnswerPairs, margins: Tensor? = nil) -> Tensor {
    let difference = margins.map { scores.margin - $0 } ?? scores.margin
    let losses = difference.logSigmoid * -1
    return centring == 0 ? losses : losses + (scores.chosen + scores.rejected).power(2) * centring
  }

  /// The loss of one prompt's K answers together: the mean over all pairs of different rank, K·(K−1)/2 at most.
  ///
  /// So no answer counts more because it stands in more pairs (Ouyang and others 2022, section 3.5). `scores` is `[K]`,
  /// `ranks` has each answer's rank, the best the lowest; answers of one rank are no pair. Nil where there is none.
  public func callAsFunction(ranking scores: Tensor, ranks: [Int]) -> Tensor? {
    let pairs = Self.pairs(ranks)
    guard !pairs.isEmpty else { return nil }
    func taken(_ places: [Int]) -> Tensor { scores.indexed(0, by: Tensor(places, on: scores.device)) }
    return self(AnswerPairs(chosen: taken(pairs.map(\.better)), rejected: taken(pairs.map(\.worse)))).mean
  }

  /// The pairs of answers of different rank.
  public static func pairs(_ ranks: [Int]) -> [(better: Int, worse: Int)] {
    ranks.indices.flatMap { one in
      ranks.indices.compactMap { other in ranks[one] < ranks[other] ? (better: one, worse: other) : nil }
    }
  }
}
