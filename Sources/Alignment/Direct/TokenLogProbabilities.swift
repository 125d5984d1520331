import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// The log-probabilities of a batch's answer tokens, and the way back from a loss over them to what is learned.
///
/// A loss over whole answers knows each token's weight only when all are computed. The logits are `[B, T, V]`, and are
/// never whole: where the output matrix rests, one pass over it gives the tokens' losses and their gradients at the hidden
/// states, and these are weighted afterwards, for each row of them depends on its own token alone; where the matrix is
/// learned as well, a second pass with the weights makes its gradient.
struct TokenLogProbabilities {
  /// Each token's log-probability in nats at the place that foretells it, `[B, T]`, 0 where `mask` is; gradients are
  /// recorded for it.
  let values: Tensor
  /// 1 where an answer's token is foretold, `[B, T]`.
  let mask: Tensor
  /// The last hidden states `[B, T, D]`, cut off from the model; gradients are recorded for them, and go on to it by `loss`.
  let states: Tensor

  private let head: LanguageHead
  private let reached: Tensor
  private let inputs: CompletionObjective.Inputs
  /// What the sum of all token losses changes by with each hidden state, `[B·T, D]`; nil where the matrix is learned, or
  /// nothing is.
  private let slopes: Tensor?
  private let records: Bool

  init(_ model: any LanguageModel, _ batch: SequenceBatch, mode: ForwardMode, records: Bool) {
    let inputs = CompletionObjective.inputs(batch, for: model, weight: 1)
    let hidden = model.hidden(inputs.tokens, mode: mode)
    let flat = hidden.reshaped([-1, hidden.size(-1)])
    let head = model.head
    self.records = records && Tensor.recordsGradients
    (self.inputs, reached, self.head) = (inputs, flat, head)
    let leaf = flat.detached
    let losses: Tensor
    if self.records, !head.isLearned {
      leaf.setRequiresGradient(true)
      let made = head.crossEntropies(leaf, targets: inputs.targets, coefficients: inputs.weights)
      made.sum.backward()
      slopes = leaf.gradient
      losses = made.losses
    } else {
      slopes = nil
      losses = withoutGradients {
        head.crossEntropies(leaf, targets: inputs.targets, coefficients: inputs.weights).losses
      }
    }
    let shape = [hidden.size(0), hidden.size(1)]
    values = (losses.reshaped(shape) * -1).detached
    mask = inputs.weights.reshaped(shape)
    states = hidden.detached
    if self.records {
      values.setRequiresGradient(true)
      states.setRequiresGradient(true)
    }
  }

  /// The number `value`, computed from `values` and `states`, with gradients that reach what is learned.
  func loss(_ value: Tensor) -> Tensor {
    guard records else { return value }
    value.backward()
    var sum = Tensor.zeros([], on: reached.device)
    if let slope = values.gradient {
      // A token's loss is its log-probability below 0.
      let weights = (slope * -1).reshaped([-1])
      if let slopes {
        sum = sum + (reached * (slopes * weights.to(slopes.dtype).unsqueezed(1))).sum.to(.float32)
      } else {
        sum =
          sum + head.crossEntropies(reached, targets: inputs.targets, coefficients: inputs.weights * weights).sum
      }
    }
    if let slope = states.gradient {
      sum = sum + (reached * slope.reshaped(reached.shape).to(reached.dtype)).sum.to(.float32)
    }
    return sum - sum.detached + value.detached
  }
}

extension LanguageHead {
  /// Whether gradients are wanted for any of its weights.
  var isLearned: Bool { weight.tensor.requiresGradient || bias?.tensor.requiresGradient == true }
}
