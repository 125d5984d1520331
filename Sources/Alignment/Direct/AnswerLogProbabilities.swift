import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// The log-probabilities of a batch's answers, and the way back from them to what is learned.
///
/// A loss over whole answers knows each token's weight only when all are computed. The logits are `[B, T, V]`, and are
/// never whole: where the output matrix rests, one pass over it gives the tokens' losses and their gradients at the hidden
/// states, and these are weighted afterwards, for each row of them depends on its own token alone; where the matrix is
/// learned as well, a second pass with the weights makes its gradient.
struct AnswerLogProbabilities {
  /// Each answer's tokens' log-probabilities added up, `[B]` in nats; gradients are recorded for it.
  let sums: Tensor
  /// Each answer's tokens, `[B]`.
  let counts: Tensor

  private let head: LanguageHead
  private let states: Tensor
  private let inputs: CompletionObjective.Inputs
  /// What the sum of all token losses changes by with each hidden state, `[B·T, D]`; nil where the matrix is learned, or
  /// nothing is.
  private let slopes: Tensor?
  private let isTraining: Bool

  init(_ model: any LanguageModel, _ batch: SequenceBatch, training: Bool) {
    let inputs = CompletionObjective.inputs(batch, for: model, weight: 1)
    let hidden = model.hidden(inputs.tokens, mode: training ? .training : .inference)
    let states = hidden.reshaped([-1, hidden.size(-1)])
    let head = model.head
    (self.inputs, self.states, self.head) = (inputs, states, head)
    isTraining = training && Tensor.recordsGradients
    let leaf = states.detached
    let losses: Tensor
    if isTraining, !head.isLearned {
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
    sums = (losses.reshaped(shape).sum(along: 1) * -1).detached
    if isTraining { sums.setRequiresGradient(true) }
    counts = inputs.weights.reshaped(shape).sum(along: 1)
  }

  /// The number `value`, computed from `sums`, with gradients that reach what is learned.
  func loss(_ value: Tensor) -> Tensor {
    guard isTraining else { return value }
    value.backward()
    guard let slope = sums.gradient else { return value.detached }
    let width = states.size(0) / sums.size(0)
    // A token's loss is its log-probability below 0.
    let weights = (slope.unsqueezed(1).expanded([sums.size(0), width]) * -1).reshaped([-1])
    let reached: Tensor
    if let slopes {
      reached = (states * (slopes * weights.to(slopes.dtype).unsqueezed(1))).sum.to(.float32)
    } else {
      reached = head.crossEntropies(states, targets: inputs.targets, coefficients: inputs.weights * weights).sum
    }
    return reached - reached.detached + value.detached
  }
}

extension LanguageHead {
  /// Whether gradients are wanted for any of its weights.
  var isLearned: Bool { weight.tensor.requiresGradient || bias?.tensor.requiresGradient == true }
}
