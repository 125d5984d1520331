import OrchardLayers
import OrchardTensors

/// BART's encoder or decoder: learned positions, their norm, and the layers.
public final class BARTStack: Module {
  let positions: Embedding
  let norm: LayerNorm
  let layers: [PostNormLayer]
  /// Whether a layer's activations are computed a second time in the backward pass.
  var recomputesActivations = false
  private let dropout: Double

  init(_ shape: PostNormShape, layers count: Int, context: Int, isDecoder: Bool) {
    positions = Embedding(context + BARTConfiguration.firstPosition, shape.width, deviation: shape.deviation)
    norm = LayerNorm(shape.width, epsilon: shape.epsilon)
    layers = (0..<count).map { _ in PostNormLayer(shape, isDecoder: isDecoder) }
    dropout = shape.dropout
  }

  /// The encoder's output `[B, S, D]` for embedded tokens; keys and values of a `prefix` stand before its own.
  func encode(_ embedded: Tensor, _ rows: TokenRows, prefix: PrefixStates?, mode: ForwardMode) -> Tensor {
    layers.encode(
      embedded + places(0..<embedded.size(1)), norm: norm, rows, prefix: prefix, dropout: dropout, mode: mode,
      recomputes: recomputesActivations)
  }

  /// The decoder's output `[B, T, D]` for embedded tokens, in one pass; keys and values of a `prefix` stand before its own.
  func decode(
    _ embedded: Tensor, source: (states: Tensor, mask: AttentionMask), prefix: PrefixStates?, mode: ForwardMode
  ) -> Tensor {
    // The keys of a prefix have the places before the tokens.
    let placed = embedded + places(prefix.count..<prefix.count + embedded.size(1))
    var hidden = norm(placed).dropout(mode == .training ? dropout : 0)
    for (index, layer) in layers.enumerated() {
      let inputs = [hidden, source.states] + (prefix.map { [$0.numbers] } ?? [])
      hidden = .recomputed(inputs, if: recomputesActivations && mode == .training) { inputs in
        layer(
          inputs[0], mask: AttentionMask(causal: true), source: (inputs[1], source.mask),
          prefix: prefix.map { _ in PrefixStates(numbers: inputs[2]) }, slot: 2 * index, mode: mode)
      }
    }
    return hidden
  }

  /// The vectors `[T, D]` of places.
  private func places(_ range: Range<Int>) -> Tensor {
    let first = BARTConfiguration.firstPosition
    return positions.weight.tensor.sliced(0, first + range.lowerBound..<first + range.upperBound)
  }

  /// The decoder's output for further tokens of every row, written behind those that `state` holds.
  func read(_ embedded: Tensor, into state: DecodingState) -> Tensor {
    let count = embedded.size(1)
    let placed = norm(embedded + places(after: state.lengths, adding: count, on: embedded.device))
    if count == 1, let output = readOne(placed, into: state) { return output }
    let mask = AttentionMask(visible: state.visible(queries: count, on: embedded.device))
    let sourceLength = state.sourceCaches.first?.keys?.size(2) ?? 0
    let sourceMask = AttentionMask(
      visible: AttentionMask.visible(lengths: state.sourceLengths, of: sourceLength, on: embedded.device))
    var hidden = placed
    for (index, layer) in layers.enumerated() {
      let (newKeys, newValues) = layer.attention.keysAndValues(hidden)
      state.caches[index].append(keys: newKeys, values: newValues, lengths: state.lengths)
      let (keys, values) = state.view(index, adding: count)
      hidden = layer.attention.attend(hidden, keys, values, mask: mask, mode: .inference)
      if let source = layer.source, let keys = state.sourceCaches[index].keys,
        let values = state.sourceCaches[index].values
      {
        hidden = source.attend(hidden, keys, values, mask: sourceMask, mode: .inference)
      }
      hidden = layer.finish(hidden, mode: .inference)
    }
    return hidden
  }

  /// The vectors `[B, count, D]` or `[count, D]` of the places behind each row's first `lengths`.
  private func places(after lengths: [Int], adding count: Int, on device: Device) -> Tensor {
    let first = BARTConfiguration.firstPosition
    let table = positions.weight.tensor
    if let length = lengths.first, lengths.allSatisfy({ $0 == length }) {
      return table.sliced(0, first + length..<first + length + count)
    }
    // Padding of a short row may reach beyond the table; what stands there means nothing.
    let last = table.size(0) - 1
    let places = lengths.flatMap { length in (0..<count).map { min(first + length + $0, last) } }
    return table.embedding(Tensor(places, shape: [lengths.count, count], on: device))
  }
}
