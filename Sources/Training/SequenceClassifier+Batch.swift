import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

extension SequenceClassifier {
  /// The numbers `[B, L]` of the rows of a batch: texts, or prompts with their answers, the answers' end tokens included.
  package func logits(_ batch: SequenceBatch, mode: ForwardMode = .inference) -> Tensor {
    func rows(_ values: [Int], _ width: Int, _ lengths: [Int]) -> TokenRows {
      TokenRows(ids: Tensor(values, shape: [batch.count, width], on: device), lengths: lengths)
    }
    let targets =
      batch.targetWidth > 0 ? rows(batch.targetIDs, batch.targetWidth, batch.targetLengths) : nil
    guard batch.sourceWidth > 0 else {
      guard let targets else { preconditionFailure("a batch without tokens") }
      return logits(targets, mode: mode)
    }
    let sources = rows(batch.sourceIDs, batch.sourceWidth, batch.sourceLengths)
    let hasTypes = properties.typeCount > 1 && !batch.sourceTypes.isEmpty
    let types =
      hasTypes
      ? Tensor(
        batch.sourceTypes.map { min($0, properties.typeCount - 1) }, shape: [batch.count, batch.sourceWidth], on: device
      )
      : nil
    return logits(self.batch(of: sources, answers: targets), types: types, mode: mode)
  }
}
