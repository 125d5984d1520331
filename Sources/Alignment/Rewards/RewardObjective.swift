import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// What people preferred, learned as a score of answers.
struct RewardObjective: Objective {
  let model: any SequenceClassifier
  let loss: RewardLoss
  /// What the difference of a pair's grades says.
  let label: PairLabel

  var unit: String { "loss a prompt" }

  /// Of a number that is added to all scores no pair says anything.
  var ignoresShifts: Bool { loss.centring == 0 }

  /// Prompts whose answers are compared.
  func units(_ batch: SequenceBatch) -> Int { batch.groupRows.count }

  /// Confidence is the mean probability that the model gives to the answer it finds better: where it is well calibrated, it
  /// equals the accuracy.
  var figures: [String] { ["accuracy", "confidence", "margin", "score_chosen", "score_rejected"] }

  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let pairs = GradedPairs(batch)
    let scores = pairs(model.logits(batch, mode: training ? .training : .inference).to(.float32).squeezed(1))
    let device = scores.chosen.device
    let losses =
      switch label {
      case .sure: loss(scores)
      case .margin: loss(scores, margins: Tensor(pairs.margins, on: device))
      case .probability: pairs.expected(on: device) { loss($0 ? scores.swapped : scores) }
      }
    let margin = scores.margin.detached
    return BatchLoss(
      (losses * Tensor(pairs.shares, on: device)).sum * weight,
      figures: [scores.isRight, margin.absolute.sigmoid, margin, scores.chosen, scores.rejected].map(pairs.sum),
      rowUnits: GradedPairs.units(batch)
    ) { pairs.rows(losses, count: batch.count) }
  }
}
