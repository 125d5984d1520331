import OrchardDatasets
import OrchardTensors

/// The answers of a step with what the policy and the original say of them, and what they are worth.
///
/// Shapes: `B` answers, `T` tokens. The answers to one prompt stand together, as many for each.
struct JudgedAnswers {
  /// The answers behind their prompts.
  let batch: SequenceBatch
  /// What the policy that drew them says of their tokens.
  let tokens: TokenLogProbabilities
  /// What the original says, `[B, T]`.
  let reference: Tensor
  /// The estimated divergence at each token, in nats, `[B, T]`.
  let divergences: Tensor
  /// What each is worth, clipped and less the penalty of those without an end, `B`.
  let scores: Tensor
  /// Answers to each prompt.
  let answersPerPrompt: Int

  /// Scores or the like `B`, a row for each prompt.
  func grouped(_ numbers: Tensor) -> Tensor { numbers.reshaped([-1, answersPerPrompt]) }
}
