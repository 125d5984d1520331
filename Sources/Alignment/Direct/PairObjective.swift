import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTraining

/// What people preferred, learned from pairs of answers by their log-probabilities: DPO and its kin.
struct PairObjective: Objective {
  let model: any LanguageModel
  let settings: any PairMethodSettings
  let reference: ReferenceLogProbabilities?
  /// What the difference of a pair's grades says.
  let label: PairLabel

  var unit: String { "loss a prompt" }

  /// Prompts whose answers are compared.
  func units(_ batch: SequenceBatch) -> Int { batch.groupRows.count }

  var figures: [String] {
    [
      "accuracy", "margin", "reward_chosen", "reward_rejected", "log_probability_chosen", "log_probability_rejected",
    ]
  }

  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let pairs = GradedPairs(batch)
    let device = model.device
    // Before the pass that is learned from: then only one of both is in memory.
    let reference = reference.map { $0(batch, on: device) } ?? Tensor.zeros([batch.count], on: device)
    let answers = AnswerLogProbabilities(model, batch, training: training)
    func figures(_ sums: Tensor) -> PairFigures {
      PairFigures(
        sums: pairs(sums), means: pairs(sums / Tensor.maximum(answers.counts, answers.counts.filled(with: 1))))
    }
    let (policy, original) = (figures(answers.sums), figures(reference))
    let losses =
      label == .probability
      ? pairs.expected(on: device) {
        settings.losses($0 ? policy.swapped : policy, reference: $0 ? original.swapped : original)
      } : settings.losses(policy, reference: original)
    let sum = (losses * Tensor(pairs.shares, on: device)).sum * weight
    let rewards = withoutGradients { settings.rewards(policy, reference: original) }
    return BatchLoss(
      answers.loss(sum),
      figures: [
        pairs.sum(rewards.isRight), pairs.sum(rewards.margin), pairs.sum(rewards.chosen), pairs.sum(rewards.rejected),
        pairs.sum(policy.sums.chosen), pairs.sum(policy.sums.rejected),
      ],
      rowUnits: GradedPairs.units(batch)
    ) { pairs.rows(losses, count: batch.count) }
  }

  var state: [(name: String, tensor: Tensor)] { reference?.state ?? [] }

  func restore(_ state: (String) -> Tensor?) { reference?.restore(state) }
}
