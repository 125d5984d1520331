import OrchardAdapters
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// A body of its own for values: a second adapter upon the policy's weights, or, where these are learned, a second model.
///
/// What it learns leaves the policy as it is (Stiennon and others, "Learning to summarize from human feedback", 2020, found
/// that better than a shared body); it begins as the policy does.
final class SeparateValues {
  private let model: any LanguageModel
  private let policy: Adapter?
  private let own: Adapter?

  /// The body for a model in training.
  ///
  /// - Throws: `TrainingError` for an adapter that cannot be there twice; the error of loading the model a second time.
  init(_ trained: TrainedModel, on device: Device) throws {
    policy = trained.adapter
    guard let policy else {
      model = try ModelFolder.load(trained.source, dtype: .float32, on: device)
      model.own()
      model.restOutput()
      own = nil
      return
    }
    guard let body = policy.languageModel, policy.prompt == nil, policy.saved.isEmpty else {
      throw TrainingError(
        "value-body: separate needs an adapter that can be there twice, and this one is vectors that are read, or has "
          + "modules-to-save; take lora, ia3 or bottleneck without those, or value-body: shared")
    }
    guard !body.recomputesActivations else {
      throw TrainingError(
        "value-body: separate switches adapters within a step, and recompute-activations would compute with the wrong one "
          + "in the backward pass; turn one of the two off")
    }
    model = body
    policy.isOn = false
    defer { policy.isOn = true }
    own = try Adapter(policy.settings, on: body)
    own?.isOn = false
  }

  /// What is learned.
  var learned: LearnedModel { LearnedModel(name: "value_model", model: model, adapter: own) }

  /// The last hidden states `[B, T, D]` at the places that foretell a batch's answers.
  func states(_ batch: SequenceBatch) -> Tensor {
    let wasOn = policy?.isOn ?? false
    policy?.isOn = false
    own?.isOn = true
    defer {
      own?.isOn = false
      policy?.isOn = wasOn
    }
    return model.hidden(CompletionObjective.inputs(batch, for: model, weight: 1).tokens, mode: .inference)
  }

  private var weights: [(name: String, parameter: Parameter)] {
    let all = own?.parameters ?? model.namedParameters.map { ($0.path, $0.parameter) }
    return all.map { ("value_model.\($0.name)", $0.parameter) }
  }

  /// What an interrupted run needs.
  var state: [(name: String, tensor: Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    return weights.filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }
      .map { ($0.name, $0.parameter.tensor.detached.contiguous) }
  }

  /// Takes it back.
  func restore(_ state: (String) -> Tensor?) {
    for (name, parameter) in weights {
      if let tensor = state(name) { parameter.tensor.detached.assign(tensor.to(parameter.device)) }
    }
  }
}
