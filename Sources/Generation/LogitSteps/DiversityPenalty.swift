import OrchardSettings

/// Takes from a token's logit for each beam of an earlier group that has chosen it for the same place (Vijayakumar et
/// al., "Diverse beam search", 2016, with the Hamming distance).
public struct DiversityPenalty: LogitStep {
  /// What is taken from the logit for each such beam.
  public let penalty: Float

  /// A step with its penalty.
  public init(_ penalty: Double) { self.penalty = Float(penalty) }

  /// Lowers the logits of the tokens that the groups before have chosen.
  public func apply(to row: LogitRow) {
    row.scratch.forEachCounted(row.siblings) { token, count in row.logits[token] -= Float(count) * penalty }
  }

  static let kind = LogitStepKind(
    "diversity-penalty", "Beam groups: taken from a token's score for each beam of another group that has it there.",
    .above(0), part: .beamGroups, off: 0
  ) { value, _ in DiversityPenalty(value) }
}
