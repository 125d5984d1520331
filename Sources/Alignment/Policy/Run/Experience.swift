import OrchardDatasets
import OrchardTensors

/// The answers of a step with all that updates learn from: `B` answers, `T` places.
struct Experience {
  /// What a value head learns.
  struct Values {
    /// The values when the answers were drawn, `[B, T]`.
    let then: Tensor
    /// What they should have been, `[B, T]`.
    let returns: Tensor
  }

  /// The answers behind their prompts.
  let batch: SequenceBatch
  /// The log-probabilities of the tokens when they were drawn, `[B, T]`.
  let policy: Tensor
  /// Those of the original, `[B, T]`.
  let reference: Tensor
  /// How much better than expected each token `[B, T]`, or each answer `B`, was.
  let advantages: Tensor
  /// What a value head learns, where there is one.
  var values: Values?

  /// Some of the answers, no wider than they need.
  func rows(_ places: [Int]) -> Experience {
    let part = batch.rows(places)
    let index = Tensor(places, on: policy.device)
    func taken(_ tensor: Tensor) -> Tensor {
      let rows = tensor.indexed(0, by: index)
      return rows.shape.count == 1 ? rows : rows.sliced(1, 0..<part.targetWidth)
    }
    return Experience(
      batch: part, policy: taken(policy), reference: taken(reference), advantages: taken(advantages),
      values: values.map { Values(then: taken($0.then), returns: taken($0.returns)) })
  }
}
