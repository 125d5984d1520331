import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTraining

/// Answers that are each good or bad: KTO.
///
/// How far the policy has drifted on the whole is estimated as its authors do: from prompts with the answer of the next row
/// of the batch, so a batch needs at least two rows.
struct JudgedAnswersObjective: Objective {
  let model: any LanguageModel
  let loss: KTOLoss
  let reference: ReferenceLogProbabilities

  var unit: String { "loss an answer" }

  func units(_ batch: SequenceBatch) -> Int { batch.count }

  var figures: [String] { ["reward_good", "reward_bad", "drift"] }

  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let device = model.device
    let drift = drift(batch)
    let reference = reference(batch, on: device)
    let answers = AnswerLogProbabilities(model, batch, training: training)
    let isGood = batch.grades.map { $0 > 0 }
    let losses = loss(
      policy: answers.sums, reference: reference, isDesirable: Tensor(isGood.map { $0 ? Float(1) : 0 }, on: device),
      drift: drift)
    let rewards = ((answers.sums.detached - reference) * loss.beta).floats.map(Double.init)
    func reward(good wanted: Bool) -> FigureSum { FigureSum(zip(rewards, isGood).filter { $0.1 == wanted }.map(\.0)) }
    return BatchLoss(
      answers.loss(losses.sum * weight), figures: [reward(good: true), reward(good: false), FigureSum([drift])],
      rowUnits: isGood.map { _ in 1 }
    ) { losses.detached.floats.map(Double.init) }
  }

  /// The mean log-ratio of policy to reference over answers to other prompts, in nats.
  private func drift(_ batch: SequenceBatch) -> Double {
    guard batch.count > 1 else { return 0 }
    let others = batch.withNextAnswers
    return withoutGradients {
      let policy = AnswerLogProbabilities(model, others, training: false).sums
      return (policy - reference.passing(others, on: model.device)).mean.scalar
    }
  }

  var state: [(name: String, tensor: Tensor)] { reference.state }

  func restore(_ state: (String) -> Tensor?) { reference.restore(state) }
}
