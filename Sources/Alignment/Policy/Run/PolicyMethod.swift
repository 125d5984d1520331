import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// Settings of a method that learns from what a model's own answers are worth.
protocol PolicyMethodSettings: MethodSettings {
  /// What all such methods share.
  var policy: PolicySettings { get }
  /// Answers that are drawn to each prompt.
  var answersPerPrompt: Int { get }
  /// How divergence is estimated where it is priced token by token.
  var estimate: DivergenceEstimate { get }
  /// What the answers' worth teaches.
  func credit(for model: any LanguageModel) -> any AnswerCredit
  /// The same in a run, where a model of its own may be learned beside the policy.
  ///
  /// - Throws: `TrainingError` where that cannot be done; the error of loading it.
  func credit(for model: any LanguageModel, of trained: TrainedModel, on device: Device) throws -> any AnswerCredit
}

extension PolicyMethodSettings {
  /// The method.
  public func method(_ preferences: PreferenceSettings) -> any TrainingMethod { PolicyMethod(settings: self) }

  var estimate: DivergenceEstimate { .k1 }

  func credit(for model: any LanguageModel, of trained: TrainedModel, on device: Device) throws -> any AnswerCredit {
    credit(for: model)
  }
}

/// Learning from what a model's own answers are worth.
private struct PolicyMethod: TrainingMethod {
  let settings: any PolicyMethodSettings

  var name: String { MethodChoice(settings).kind }
  /// Rows are read as prompts alone, unless a reward holds answers against their completions.
  var answers: (any AnswerReader)? { settings.policy.needsReferences ? nil : PromptReader() }
  func needsOriginal(_ recipe: TrainingRecipe) -> Bool { true }

  func objective(for trained: TrainedModel, _ recipe: TrainingRecipe, on device: Device) throws -> any Objective {
    let model = try trained.writer(for: name)
    let most = recipe.rendering.maximumTokens
    let policy = settings.policy
    if model.properties.kind == .decoderOnly, let context = model.properties.contextLength,
      most + policy.newTokens > context
    {
      throw TrainingError(
        "a prompt may have \(most) tokens (rendering.maximum-tokens) and an answer \(policy.newTokens) (method.new-tokens), "
          + "but the model's context holds \(context); set rendering.maximum-tokens to "
          + "\(max(4, context - policy.newTokens)) or less")
    }
    let place = PolicyPlace(trained, on: device)
    let rollouts = Rollouts(
      tokenizer: trained.tokenizer, reward: try RewardSum(policy.rewards, beside: place),
      watched: policy.watchedRewards.isEmpty ? nil : try RewardSum(policy.watchedRewards, beside: place),
      hasReferences: policy.needsReferences, newTokens: policy.newTokens, seed: recipe.seed)
    return PolicyObjective(
      model: model, settings: settings, credit: try settings.credit(for: model, of: trained, on: device),
      rollouts: rollouts, original: try OriginalModel(of: trained, recipe, on: device), seed: recipe.seed)
  }
}
