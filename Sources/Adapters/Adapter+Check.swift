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
    let before = withoutGradients { sample(rows, tokens) }
    try merge()
    let after = withoutGradients { sample(rows, tokens) }
    func greatest(_ tensor: Tensor) -> Double { tensor.absolute.reshaped([-1]).maximum(along: 0).scalar }
    return (greatest(after - before), greatest(before))
  }

  /// Logits of some texts, of whatever kind the model gives.
  private func sample(_ rows: Int, _ tokens: Int) -> Tensor {
    func texts(_ vocabulary: Int, _ context: Int?) -> TokenRows {
      // Any ids do, as long as they are the same both times.
      let ids = (0..<rows).map { row -> [Int] in
        (0..<min(tokens, context ?? tokens)).map { place -> Int in
          (7 + 31 * place + 17 * row * (1 + place)) % vocabulary
        }
      }
      return TokenRows(ids, on: model.device)
    }
    switch model {
    case let model as any LanguageModel:
      let target = texts(model.properties.vocabularySize, model.properties.contextLength)
      let source = model.properties.kind == .encoderDecoder ? target : nil
      return model.logits(TokenBatch(source: source, target: target)).to(.float32)
    case let model as any SequenceClassifier:
      return model.logits(texts(model.properties.vocabularySize, model.properties.contextLength)).to(.float32)
    case let model as MaskedLanguageModel:
      let properties = model.body.properties
      return model.logits(texts(properties.vocabularySize, properties.contextLength)).to(.float32)
    default: preconditionFailure("adapters are beside models that write, classify or fill gaps")
    }
  }
}
