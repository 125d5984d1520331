import OrchardDatasets
import OrchardTensors
import OrchardTraining

/// The log-probabilities of answers by the model as it was, each computed once in a run.
///
/// A run that goes on takes up those that were computed: computed anew beside other rows, their last digits could differ.
final class ReferenceLogProbabilities {
  private let original: OriginalModel
  private var known: [UInt64: Float] = [:]

  init(_ original: OriginalModel) { self.original = original }

  /// Each answer's tokens' log-probabilities added up, `[B]` in nats.
  func callAsFunction(_ batch: SequenceBatch, on device: Device) -> Tensor {
    let missing = (0..<batch.count).filter { known[batch.keys[$0]] == nil }
    if !missing.isEmpty {
      for (row, value) in zip(missing, compute(batch.rows(missing))) { known[batch.keys[row]] = value }
    }
    return Tensor(batch.keys.map { known[$0] ?? 0 }, on: device)
  }

  /// The same for answers that come but once, and are not kept.
  func passing(_ batch: SequenceBatch, on device: Device) -> Tensor { Tensor(compute(batch), on: device) }

  private func compute(_ batch: SequenceBatch) -> [Float] {
    original { AnswerLogProbabilities($0, batch, training: false).sums.floats }
  }

  /// What is known, for a run that goes on.
  var state: [(name: String, tensor: Tensor)] {
    guard !known.isEmpty else { return [] }
    let sorted = known.sorted { $0.key < $1.key }
    return [
      ("reference.keys", Tensor(sorted.map { Int(bitPattern: UInt($0.key)) })),
      ("reference.log_probabilities", Tensor(sorted.map(\.value))),
    ]
  }

  /// Takes up what `state` gave.
  func restore(_ state: (String) -> Tensor?) {
    guard let keys = state("reference.keys"), let values = state("reference.log_probabilities") else { return }
    for (key, value) in zip(keys.integers, values.floats) { known[UInt64(UInt(bitPattern: key))] = value }
  }
}
