import OrchardAdapters
import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import OrchardTraining

/// The parts of methods as runs use them, for measuring without a run around them.
package enum MethodWork {
  /// What a PPO run's steps do, over a model with an adapter.
  package static func policy(
    _ settings: PPOSettings, of adapter: Adapter, tokenizer: Tokenizer
  ) throws -> any SteppedObjective {
    let policy = settings.policy
    return PolicyObjective(
      model: writer(adapter), settings: settings, credit: settings.credit(for: writer(adapter)),
      rollouts: Rollouts(
        tokenizer: tokenizer, reward: try RewardSum(policy.rewards, on: adapter.model.device), watched: nil,
        hasReferences: false, newTokens: policy.newTokens, seed: 0),
      original: OriginalModel(beneath: adapter), seed: 0)
  }

  private static func writer(_ adapter: Adapter) -> any LanguageModel {
    guard let model = adapter.languageModel else { preconditionFailure("policies are language models") }
    return model
  }

  /// What a DPO run's steps do, over a model with an adapter; nothing of the original's is known yet.
  package static func direct(_ settings: DPOSettings, of adapter: Adapter) -> any Objective {
    PairObjective(
      model: writer(adapter), settings: settings,
      reference: ReferenceLogProbabilities(OriginalModel(beneath: adapter)), label: .sure)
  }
}
