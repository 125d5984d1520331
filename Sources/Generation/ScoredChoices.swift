/// Choices with their log-likelihoods, and the one that a model takes.
public struct ScoredChoices: Sendable, Equatable {
  /// How likely the model finds each.
  public let likelihoods: [LogLikelihood]
  /// The likeliest choice, counted from 0.
  public let likeliest: Int
  /// The likeliest for each letter of its text: long choices are then not at a disadvantage.
  ///
  /// Followed: lm-evaluation-harness's `acc_norm`, which divides by the number of Unicode scalars.
  public let likeliestPerLetter: Int

  /// The choices' texts, without what separates them from the context, and their log-likelihoods.
  public init(_ texts: [String], likelihoods: [LogLikelihood]) {
    precondition(texts.count == likelihoods.count && !texts.isEmpty, "\(texts.count) choices")
    self.likelihoods = likelihoods
    let sums = likelihoods.map(\.sum)
    likeliest = Self.greatest(sums)
    likeliestPerLetter = Self.greatest(zip(sums, texts).map { $0 / Double(max(1, $1.unicodeScalars.count)) })
  }

  private static func greatest(_ values: [Double]) -> Int {
    values.indices.max { values[$0] == values[$1] ? $0 > $1 : values[$0] < values[$1] } ?? 0
  }
}
