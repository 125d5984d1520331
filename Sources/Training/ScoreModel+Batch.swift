import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

extension ScoreModel {
  /// The scores `[B]` of the rows of a batch, prompt and answer, the answer's end token included.
  ///
  /// An encoder–decoder's decoder begins with its start token, and reads the answer to its last token.
  package func scores(_ batch: SequenceBatch, mode: ForwardMode = .inference) -> Tensor {
    func rows(_ values: [Int], _ width: Int, _ lengths: [Int]) -> TokenRows {
      TokenRows(ids: Tensor(values, shape: [batch.count, width], on: device), lengths: lengths)
    }
    let (ids, width) = (batch.targetIDs, batch.targetWidth)
    guard batch.sourceWidth > 0 else {
      return scores(TokenBatch(target: rows(ids, width, batch.targetLengths)), mode: mode)
    }
    let start = body.properties.startToken ?? 0
    let read = (0..<batch.count).flatMap { [start] + ids[$0 * width..<($0 + 1) * width] }
    return scores(
      TokenBatch(
        source: rows(batch.sourceIDs, batch.sourceWidth, batch.sourceLengths),
        target: rows(read, width + 1, batch.targetLengths.map { $0 + 1 })), mode: mode)
  }
}
