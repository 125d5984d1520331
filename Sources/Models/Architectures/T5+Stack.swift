import OrchardLayers
import OrchardTensors

/// T5's attention with its norm: q, k, v, o without biases and without a scale.
public final class T5Attention: Module {
  let norm: RMSNorm
  let query, key, value, output: Linear
  let heads: Int

  init(_ configuration: T5Configuration) {
    let width = configuration.width
    let inner = configuration.heads * configuration.headWidth
    let factor = configuration.factor
    heads = configuration.heads
    norm = RMSNorm(width, epsilon: configuration.epsilon)
    // T5 folds attention's usual scale of headWidth^-½ into how q begins.
    query = Linear(width, inner, deviation: factor / Double(width * configuration.headWidth).squareRoot())
    key = Linear(width, inner, deviation: factor / Double(width).squareRoot())
    value = Linear(width, inner, deviation: factor / Double(width).squareRoot())
    output = Linear(inner, width, deviation: factor / Double(inner).squareRoot())
  }

  func keysAndValues(_ states: Tensor) -> (Tensor, Tensor) {
    let made = Linear.outputs(of: [key, value], for: states)
    return (made[0].splitIntoHeads(heads), made[1].splitIntoHeads(heads))
  }

  /// Queries, keys and values of the same states.
  func project(_ normed: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let made = Linear.outputs(of: [query, key, value], for: normed).map { $0.splitIntoHeads(heads) }
    return (made[0], made[1], made[2])
  }

  func queries(_ normed: Tensor) -> Tensor { query(normed).splitIntoHeads(heads) }

  /// The stream with what attention gives.
  func attend(
    _ query: Tensor, _ keys: Tensor, _ values: Tensor, mask: AttentionMask, addedTo hidden: Tensor,
    dropout: Double = 0
  ) -> Tensor {
    let attended = Attention.attend(
      query: query, key: keys, value: values, mask: mask, scale: 1, dropout: dropout
    ).joinedHeads
    if dropout == 0 { return output.whole(attended, addedTo: hidden) }
    return hidden.adding(output(attended), dropout: dropout)
  }
}

/// T5's feed-forward part with its norm.
public final class T5FeedForward: Module {
  let norm: RMSNorm
  let inner: FeedForward

  init(_ configuration: T5Configuration) {
    norm = RMSNorm(configuration.width, epsilon: configuration.epsilon)
    inner = FeedForward(
      width: configuration.width, inner: configuration.inner, activation: configuration.activation,
      gated: configuration.isGated, upDeviation: configuration.factor / Double(configuration.width).squareRoot(),
      downDeviation: configuration.factor / Double(configuration.inner).squareRoot())
  }

  /// The stream with what this part gives.
  func callAsFunction(_ hidden: Tensor, dropout: Double = 0) -> Tensor {
    if dropout == 0 { return inner.whole(norm(hidden), addedTo: hidden) }
    return hidden.adding(inner(norm(hidden), dropout: dropout), dropout: dropout)
  }
}

/// One layer: attention to itself, in the decoder attention to the source, and the feed-forward part.
public final class T5Layer: Module {
  let attention: T5Attention
  let source: T5Attention?
  let feedForward: T5FeedForward

  init(_ configuration: T5Configuration, isDecoder: Bool) {
    attention = T5Attention(configuration)
    source = isDecoder ? T5Attention(configuration) : nil
    feedForward = T5FeedForward(configuration)
  }

  /// The stream behind this layer, in one pass; `slot` is that of its attention in the `prefix`, the one to the source
  /// has the next.
  func callAsFunction(
    _ hidden: Tensor, mask: AttentionMask, source states: (states: Tensor, visible: Tensor?)?,
    prefix: PrefixStates? = nil, slot: Int = 0, dropout: Double
  ) -> Tensor {
    let (query, newKeys, newValues) = attention.project(attention.norm(hidden))
    let (keys, values) = prefix.before(newKeys, newValues, slot: slot)
    var hidden = attention.attend(query, keys, values, mask: mask, addedTo: hidden, dropout: dropout)
    if let source, let states {
      let (newKeys, newValues) = source.keysAndValues(states.states)
      let (keys, values) = prefix.before(newKeys, newValues, slot: slot + 1)
      let queries = source.queries(source.norm(hidden))
      hidden = source.attend(
        queries, keys, values, mask: AttentionMask(visible: states.visible), addedTo: hidden, dropout: dropout)
    }
    return feedForward(hidden, dropout: dropout)
  }
}

/// The encoder or the decoder: layers, the position bias that all of them share, and the last norm.
public final class T5Stack: Module {
  let layers: [T5Layer]
  let positions: RelativePositions
  let norm: RMSNorm
  /// Whether a layer's activations are computed a second time in the backward pass.
  var recomputesActivations = false
  private let isDecoder: Bool
  private let dropout: Double

  init(_ configuration: T5Configuration, layers count: Int, isDecoder: Bool) {
    layers = (0..<count).map { _ in T5Layer(configuration, isDecoder: isDecoder) }
    positions = RelativePositions(
      buckets: configuration.buckets, heads: configuration.heads, greatestDistance: configuration.greatestDistance,
      bidirectional: !isDecoder, deviation: configuration.factor / Double(configuration.width).squareRoot())
    norm = RMSNorm(configuration.width, epsilon: configuration.epsilon)
    self.isDecoder = isDecoder
    dropout = configuration.dropout
  }

  /// The stack's output `[B, T, D]` for embedded tokens, in one pass; keys and values of a `prefix` stand before its own.
  func callAsFunction(
    _ embedded: Tensor, visible: Tensor? = nil, source: (states: Tensor, visible: Tensor?)? = nil,
    prefix: PrefixStates? = nil, mode: ForwardMode
  ) -> Tensor {
    let rate = mode == .training ? dropout : 0
    let length = embedded.size(1)
    // The keys of a prefix have the places before the tokens.
    let first = prefix.count
    let bias = positions.bias(queries: first..<first + length, keys: first + length)
    let isDecoder = isDecoder
    var hidden = embedded.dropout(rate)
    for (index, layer) in layers.enumerated() {
      let inputs = [hidden, bias] + [source?.states, prefix?.numbers].compactMap { $0 }
      hidden = .recomputed(inputs, if: recomputesActivations && mode == .training) { inputs in
        layer(
          inputs[0], mask: AttentionMask(causal: isDecoder, visible: visible, bias: inputs[1]),
          source: source.map { (inputs[2], $0.visible) },
          prefix: prefix.map { _ in PrefixStates(numbers: inputs[inputs.count - 1]) },
          slot: isDecoder ? 2 * index : index, dropout: rate)
      }
    }
    return norm(hidden).dropout(rate)
  }

  /// The decoder's output for further tokens of every row, written behind those that `state` holds.
  func read(_ embedded: Tensor, into state: DecodingState) -> Tensor {
    let count = embedded.size(1)
    if count == 1, let output = readOne(embedded, into: state) { return output }
    let device = embedded.device
    let start = state.lengths.max() ?? 0
    let keys = start + count
    let bias = positions.bias(after: state.lengths, adding: count, keys: keys)
    let mask = AttentionMask(visible: state.visible(queries: count, on: device), bias: bias)
    let sourceLength = state.sourceCaches.first?.keys?.size(2) ?? 0
    let sourceMask = AttentionMask(
      visible: AttentionMask.visible(lengths: state.sourceLengths, of: sourceLength, on: device))
    var hidden = embedded
    for (index, layer) in layers.enumerated() {
      let (query, newKeys, newValues) = layer.attention.project(layer.attention.norm(hidden))
      state.caches[index].append(keys: newKeys, values: newValues, lengths: state.lengths)
      let (keys, values) = state.view(index, adding: count)
      hidden = layer.attention.attend(query, keys, values, mask: mask, addedTo: hidden)
      if let attention = layer.source, let keys = state.sourceCaches[index].keys,
        let values = state.sourceCaches[index].values
      {
        let queries = attention.queries(attention.norm(hidden))
        hidden = attention.attend(queries, keys, values, mask: sourceMask, addedTo: hidden)
      }
      hidden = layer.feedForward(hidden)
    }
    return norm(hidden)
  }
}
