import OrchardLayers
import OrchardModels
import OrchardTensors

extension Adapter {
  /// Merges, and tells how far logits are from those with the adapter beside the weights.
  ///
  /// The difference is the greatest over all logits of `rows` rows of `tokens` tokens of any kind; `scale` is the greatest
  /// logit, beside which it is to be seen.
  /// - Throws: `AdapterError` where the weights cannot take it in.
  public func mergeMeasuring(rows: Int = 2, tokens: Int = 16) throws -> (difference: Double, scale: Double) {
    let before = withoutGradients { sampleLogits(rows, tokens) }
    try merge()
    let after = withoutGradients { sampleLogits(rows, tokens) }
    func greatest(_ tensor: Tensor) -> Double { tensor.absolute.reshaped([-1]).maximum(along: 0).scalar }
    return (greatest(after - before), greatest(before))
  }

  private func sampleLogits(_ rows: Int, _ tokens: Int) -> Tensor {
    let properties = model.properties
    let length = min(tokens, properties.contextLength ?? tokens)
    // Any ids do, as long as they are the same both times.
    let ids = (0..<rows).map { row in
      (0..<length).map { (7 + 31 * $0 + 17 * row * (1 + $0)) % properties.vocabularySize }
    }
    let target = TokenRows(ids, on: model.device)
    let source = properties.kind == .encoderDecoder ? target : nil
    return model.logits(TokenBatch(source: source, target: target)).to(.float32)
  }
}
