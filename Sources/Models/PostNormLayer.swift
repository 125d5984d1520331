// Layers that are normed behind each part, as Transformers were at first (Vaswani and others 2017): BERT, BART.
// Shapes: B rows, T tokens, S tokens that are looked at, D width, H heads.

import OrchardLayers
import OrchardTensors

/// The sizes and rates of a post-norm layer.
public struct PostNormShape: Sendable {
  /// Numbers in a hidden state.
  public var width: Int
  /// Attention heads.
  public var heads: Int
  /// The inner width of the feed-forward part.
  public var inner: Int
  /// Added to the variance in norms.
  public var epsilon: Double
  /// The function inside the feed-forward part.
  public var activation: Activation
  /// The share of the feed-forward part's output that training leaves out, and of the embeddings.
  public var dropout = 0.0
  /// The same of an attention part's output.
  public var attentionOutputDropout = 0.0
  /// The same of attention's weights.
  public var attentionDropout = 0.0
  /// The same behind the activation.
  public var innerDropout = 0.0
  /// How widely random weights are spread at first.
  public var deviation = 0.02

  /// A shape without dropout.
  ///
  /// - Throws: `ModelError` where the heads do not divide the width.
  init(
    width: Int, heads: Int, inner: Int, epsilon: Double, activation: Activation, source: String
  ) throws {
    guard width % heads == 0 else {
      throw ModelError("\(source): \(heads) heads do not divide the width of \(width)")
    }
    self.width = width
    self.heads = heads
    self.inner = inner
    self.epsilon = epsilon
    self.activation = activation
  }
}

/// Attention with biases, to itself or to a source, then the residual and its norm.
public final class PostNormAttention: Module {
  let query, key, value, output: Linear
  let norm: LayerNorm
  let heads: Int
  let scale: Double
  let joined = JoinedLinear()
  private let dropout, outputDropout: Double

  init(_ shape: PostNormShape) {
    func layer() -> Linear { Linear(shape.width, shape.width, bias: true, deviation: shape.deviation) }
    (query, key, value, output) = (layer(), layer(), layer(), layer())
    norm = LayerNorm(shape.width, epsilon: shape.epsilon)
    heads = shape.heads
    scale = 1 / Double(shape.width / shape.heads).squareRoot()
    dropout = shape.attentionDropout
    outputDropout = shape.attentionOutputDropout
  }

  /// The part's output `[B, T, D]`; without `states` it looks at `hidden` itself, behind what a `prefix` has in `slot`.
  func callAsFunction(
    _ hidden: Tensor, over states: Tensor? = nil, mask: AttentionMask, prefix: PrefixStates? = nil, slot: Int = 0,
    mode: ForwardMode
  ) -> Tensor {
    let (newKeys, newValues) = keysAndValues(states ?? hidden)
    let (keys, values) = prefix.before(newKeys, newValues, slot: slot)
    return attend(hidden, keys, values, mask: mask, mode: mode)
  }

  /// Keys and values `[B, H, S, D/H]` of states `[B, S, D]`.
  func keysAndValues(_ states: Tensor) -> (Tensor, Tensor) {
    (key(states).splitIntoHeads(heads), value(states).splitIntoHeads(heads))
  }

  /// The part's output `[B, T, D]` over keys and values that are there already.
  func attend(_ hidden: Tensor, _ keys: Tensor, _ values: Tensor, mask: AttentionMask, mode: ForwardMode) -> Tensor {
    let training = mode == .training
    let attended = Attention.attend(
      query: query(hidden).splitIntoHeads(heads), key: keys, value: values, mask: mask, scale: scale,
      dropout: training ? dropout : 0
    ).joinedHeads
    guard training else { return norm(output.whole(attended, addedTo: hidden)) }
    return norm(hidden.adding(output(attended), dropout: outputDropout))
  }
}

/// One layer: attention to itself, in a decoder attention to the source, and the feed-forward part.
public final class PostNormLayer: Module {
  let attention: PostNormAttention
  let source: PostNormAttention?
  let feedForward: FeedForward
  let norm: LayerNorm
  private let dropout, innerDropout: Double

  init(_ shape: PostNormShape, isDecoder: Bool = false) {
    attention = PostNormAttention(shape)
    source = isDecoder ? PostNormAttention(shape) : nil
    feedForward = FeedForward(
      width: shape.width, inner: shape.inner, activation: shape.activation, gated: false, bias: true,
      upDeviation: shape.deviation, downDeviation: shape.deviation)
    norm = LayerNorm(shape.width, epsilon: shape.epsilon)
    dropout = shape.dropout
    innerDropout = shape.innerDropout
  }

  /// The layer's output `[B, T, D]`; `slot` is that of its attention in the `prefix`, the one to the source has the next.
  func callAsFunction(
    _ hidden: Tensor, mask: AttentionMask, source states: (states: Tensor, mask: AttentionMask)? = nil,
    prefix: PrefixStates? = nil, slot: Int = 0, mode: ForwardMode
  ) -> Tensor {
    var hidden = attention(hidden, mask: mask, prefix: prefix, slot: slot, mode: mode)
    if let source, let states {
      hidden = source(
        hidden, over: states.states, mask: states.mask, prefix: prefix, slot: slot + 1, mode: mode)
    }
    return finish(hidden, mode: mode)
  }

  /// The feed-forward part and its norm, behind all attention.
  func finish(_ hidden: Tensor, mode: ForwardMode) -> Tensor {
    guard mode == .training else { return norm(feedForward.whole(hidden, addedTo: hidden)) }
    return norm(hidden.adding(feedForward(hidden, dropout: innerDropout), dropout: dropout))
  }
}
