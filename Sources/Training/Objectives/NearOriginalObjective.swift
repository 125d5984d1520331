import OrchardAdapters
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
  /// Computes something with the model as it was.
  let original: ((any LanguageModel) -> Tensor) -> Tensor

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
    let then = withoutGradients {
      original { distribution($0.hidden(inputs.tokens, mode: .inference), $0.head) }
    }
    let divergence = (then.exponential * (then - now)).sum(along: 1) * strength
    return BatchLoss(loss.sum + divergence.sum * weight) {
      zip(learned, divergence.detached.floats).reduce(into: loss.rows) { rows, entry in
        rows[entry.0 / hidden.size(1)] += Double(entry.1)
      }
    }
  }
}

extension TrainedModel {
  /// What a recipe makes smaller, `regularize` aside.
  func plainObjective(_ recipe: TrainingRecipe) -> any Objective {
    switch learner {
    case .language(let model): CompletionObjective(model, labelSmoothing: recipe.labelSmoothing)
    case .masked(let model): MaskedTokenObjective(model, labelSmoothing: recipe.labelSmoothing)
    }
  }

  /// What a recipe makes smaller.
  ///
  /// - Throws: `TrainingError` where a text encoder is to stay near itself; the error of loading the model a second time,
  ///   where it is to do so.
  func objective(_ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    guard recipe.regularize == .original else { return plainObjective(recipe) }
    guard let languageModel else {
      throw TrainingError(
        "regularize: original keeps what a model writes, and a text encoder writes nothing; leave it out")
    }
    let completion = CompletionObjective(languageModel, labelSmoothing: recipe.labelSmoothing)
    if let adapter {
      return NearOriginalObjective(completion: completion, strength: recipe.regularizeStrength) { body in
        adapter.isOn = false
        defer { adapter.isOn = true }
        return body(adapter.model)
      }
    }
    let dtype: DType = recipe.dtype == .bf16 ? .bfloat16 : .float32
    let model = try ModelFolder.load(source, dtype: dtype, on: device)
    return NearOriginalObjective(completion: completion, strength: recipe.regularizeStrength) { $0(model) }
  }
}
