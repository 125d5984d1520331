import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// Instruction fine-tuning that stays near the model as it was: against forgetting.
///
/// To the cross-entropy of each supervised token comes λ · KL(original ‖ model) over the vocabulary at its place, in
/// nats: the model is distilled from itself as it was (Li and Hoiem, "Learning without forgetting", 2016). Where an
/// adapter is learned, the original is the same weights with the adapter off; else it stands in memory beside them.
struct NearOriginalObjective: Objective {
  let completion: CompletionObjective
  /// λ.
  let strength: Double
  let original: OriginalModel

  func units(_ batch: SequenceBatch) -> Int { completion.units(batch) }

  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    guard training else { return completion.loss(batch, weight: weight, training: false) }
    let model = completion.model
    let inputs = CompletionObjective.inputs(batch, for: model, weight: weight)
    let hidden = model.hidden(inputs.tokens, mode: .training)
    let loss = completion.loss(hidden, inputs, true)
    let learned = inputs.weights.floats.enumerated().filter { $0.element != 0 }.map(\.offset)
    guard !learned.isEmpty else { return loss }
    let places = Tensor(learned, on: hidden.device)
    func distribution(_ hidden: Tensor, _ head: LanguageHead) -> Tensor {
      head.logits(hidden.reshaped([-1, hidden.size(-1)]).indexed(0, by: places)).to(.float32).logSoftmax(along: -1)
    }
    let now = distribution(hidden, model.head)
    let then = original { distribution($0.hidden(inputs.tokens, mode: .inference), $0.head) }
    let divergence = (then.exponential * (then - now)).sum(along: 1) * strength
    return BatchLoss(loss.sum + divergence.sum * weight) {
      zip(learned, divergence.detached.floats).reduce(into: loss.rows) { rows, entry in
        rows[entry.0 / hidden.size(1)] += Double(entry.1)
      }
    }
  }
}

extension TrainedModel {
  /// The cross-entropy of what is learned.
  ///
  /// - Throws: `TrainingError` where the model learns no tokens.
  func plainObjective(_ recipe: TrainingRecipe) throws -> any Objective {
    switch learner {
    case .language(let model): return CompletionObjective(model, labelSmoothing: recipe.labelSmoothing)
    case .masked(let model): return MaskedTokenObjective(model, labelSmoothing: recipe.labelSmoothing)
    case .classifying: throw TrainingError("a model that gives texts numbers learns no tokens")
    }
  }
}
