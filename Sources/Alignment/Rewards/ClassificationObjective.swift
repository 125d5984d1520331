import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining

/// Labels of texts, learned by their cross-entropy, in nats.
struct ClassificationObjective: Objective {
  let model: any SequenceClassifier
  /// The share of each row's label that is spread over all labels.
  let smoothing: Double

  var unit: String { "nats a text" }

  /// Texts.
  func units(_ batch: SequenceBatch) -> Int { batch.count }

  /// Confidence is the mean probability of the likeliest label: where it is well calibrated, it equals the accuracy.
  var figures: [String] { ["accuracy", "confidence"] }

  func loss(_ batch: SequenceBatch, weight: Double, training: Bool) -> BatchLoss {
    let logits = model.logits(batch, mode: training ? .training : .inference).to(.float32)
    let targets = Tensor(batch.grades.map(Int.init), on: logits.device)
    let logs = logits.logSoftmax()
    let picked = logs.gathered(1, by: targets.reshaped([batch.count, 1])).squeezed(1)
    let spread = training ? smoothing : 0
    let losses = spread == 0 ? picked * -1 : picked * (spread - 1) - logs.mean(along: 1) * spread
    let likeliest = logs.detached.maximum(along: 1)
    let isRight = (picked.detached .>= likeliest).to(.float32)
    return BatchLoss(
      losses.sum * weight,
      figures: [isRight, likeliest.exponential].map { FigureSum($0.floats.map(Double.init)) },
      rowUnits: (0..<batch.count).map { _ in 1 }
    ) { losses.detached.floats.map(Double.init) }
  }
}
