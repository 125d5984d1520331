import OrchardLayers
import OrchardTensors

/// An encoder of post-norm layers over learned positions: BERT (Devlin and others 2018) and its kin.
///
/// An architecture's file translates its configuration into one of these and names its checkpoint's keys.
public final class PostNormEncoder: MaskableEncoder {
  /// The token embedding.
  public let words: Embedding
  /// A vector for each place.
  public let positions: Embedding
  /// A vector for each kind of text in a row, where the encoder tells them apart.
  public let types: Embedding?
  /// The norm of the embeddings.
  public let norm: LayerNorm
  /// The layers.
  public let layers: [PostNormLayer]
  /// What the rest of the house must know.
  public let properties: EncoderProperties
  /// The names in Hugging Face checkpoints.
  public let checkpointKeys: CheckpointKeys
  /// The row of `positions` that the first token takes.
  private let firstPosition: Int
  private let dropout: Double
  /// Whether a layer's activations are computed a second time in the backward pass, rather than kept for it.
  public var recomputesActivations = false

  /// An encoder without memory yet; `positionCount` counts the rows of its table, unused ones before `firstPosition`
  /// included.
  init(
    _ properties: EncoderProperties, _ shape: PostNormShape, layers count: Int, positionCount: Int,
    firstPosition: Int = 0, hasTypes: Bool = true, keys: CheckpointKeys
  ) {
    self.properties = properties
    words = Embedding(properties.vocabularySize, shape.width, deviation: shape.deviation)
    positions = Embedding(positionCount, shape.width, deviation: shape.deviation)
    types = hasTypes ? Embedding(properties.typeCount, shape.width, deviation: shape.deviation) : nil
    norm = LayerNorm(shape.width, epsilon: shape.epsilon)
    layers = (0..<count).map { _ in PostNormLayer(shape) }
    checkpointKeys = keys
    self.firstPosition = firstPosition
    dropout = shape.dropout
  }

  /// The token embedding.
  public var tokenEmbedding: Embedding { words }

  /// Where the weights are.
  public var device: Device { words.weight.tensor.device }

  /// The type of the weights.
  public var dtype: DType { words.weight.tensor.dtype }

  /// The last hidden states `[B, T, D]`.
  public func hidden(_ rows: TokenRows, types kinds: Tensor?, mode: ForwardMode) -> Tensor {
    layers.encode(
      embedded(rows, kinds), norm: norm, rows, dropout: dropout, mode: mode, recomputes: recomputesActivations)
  }

  private func embedded(_ rows: TokenRows, _ kinds: Tensor?) -> Tensor {
    let places = positions.weight.tensor.sliced(0, firstPosition..<firstPosition + rows.length)
    guard let types else { return words(rows.ids) + places }
    // All of one kind: that vector joins the places, and costs no pass over the rows.
    guard let kinds else { return words(rows.ids) + (places + types.weight.tensor.sliced(0, 0..<1)) }
    return words(rows.ids) + places + types(kinds)
  }
}
