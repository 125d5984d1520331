import OrchardSettings

/// Makes tokens of the prompt likelier: the repetition penalty turned round, over the source of an encoder–decoder or
/// the prompt of a decoder.
public struct EncoderRepetitionPenalty: LogitStep {
  /// Above 1 encourages what the prompt holds, below 1 discourages it.
  public let penalty: Float

  /// A step with its penalty.
  public init(_ penalty: Double) { self.penalty = Float(1 / penalty) }

  /// Changes the logits of every token of the prompt, once each.
  public func apply(to row: LogitRow) { row.penalize(row.context.source, by: penalty) }

  static let kind = LogitStepKind(
    "encoder-repetition-penalty", "Above 1 makes tokens of the prompt likelier, against inventions.", .above(0),
    part: .always, off: 1
  ) { value, _ in EncoderRepetitionPenalty(value) }
}
