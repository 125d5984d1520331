/// One change to the logits before a token is chosen.
///
/// A kind of step is a file in `LogitSteps` and a line in `LogitSteps.kinds`.
public protocol LogitStep: Sendable {
  /// Changes one row's logits in place.
  func apply(to row: LogitRow)
}

/// The kinds of logit steps, in the order in which they are applied.
public enum LogitSteps {
  /// Every kind; a new one is one file in `LogitSteps/` and one line here.
  ///
  /// The order is that of transformers' `generate`: what every way of choosing uses, then what only sampling does.
  /// What transformers lacks stands where it acts on the same logits as elsewhere: the penalties of OpenAI's interface
  /// beside the repetition penalty, top-n-sigma before the filters that it makes needless.
  public static let kinds: [LogitStepKind] = [
    SequenceBias.kind,
    LogitBias.kind,
    DiversityPenalty.kind,
    EncoderRepetitionPenalty.kind,
    RepetitionPenalty.kind,
    PresencePenalty.kind,
    FrequencyPenalty.kind,
    NoRepeatNgramSize.kind,
    EncoderNoRepeatNgramSize.kind,
    BadWords.kind,
    MinLength.kind,
    MinNewTokens.kind,
    ForcedBosTokenId.kind,
    ForcedEosTokenId.kind,
    RemoveInvalidValues.kind,
    ExponentialDecayLengthPenalty.kind,
    SuppressTokens.kind,
    BeginSuppressTokens.kind,
    Temperature.kind,
    TopNSigma.kind,
    TopH.kind,
    TopK.kind,
    TopP.kind,
    MinP.kind,
    TypicalP.kind,
    EpsilonCutoff.kind,
    EtaCutoff.kind,
    RenormalizeLogits.kind,
  ]
}
