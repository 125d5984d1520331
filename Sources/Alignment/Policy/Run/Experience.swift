import OrchardDatasets
import OrchardTensors

/// The answers of a step with all that updates learn from: `B` answers, `T` places.
struct Experience {
  /// The answers behind their prompts.
  let batch: SequenceBatch
  /// The log-probabilities of the tokens when they were drawn, `[B, T]`.
  let policy: Tensor
  /// The values then, `[B, T]`.
  let values: Tensor
  /// How much better each token was than expected, `[B, T]`.
  let advantages: Tensor
  /// What the values should have been, `[B, T]`.
  let returns: Tensor

  /// Some of the answers, no wider than they need.
  func rows(_ places: [Int]) -> Experience {
    let part = batch.rows(places)
    let index = Tensor(places, on: policy.device)
    func taken(_ tensor: Tensor) -> Tensor { tensor.indexed(0, by: index).sliced(1, 0..<part.targetWidth) }
    return Experience(
      batch: part, policy: taken(policy), values: taken(values), advantages: taken(advantages),
      returns: taken(returns))
  }
}
