// One token a row by the decoding kernels: the fast path beside `T5Stack.read`, which it is checked against.

import OrchardLayers
import OrchardTensors

extension T5Stack {
  /// The decoder's output `[B, 1, D]` for one further token of every row.
  func readOne(_ embedded: Tensor, into state: DecodingState) -> Tensor {
    let seen = state.lengths.map { $0 + 1 }
    let bias = positions.biasByDistance
    var hidden = embedded
    for (index, layer) in layers.enumerated() {
      let attention = layer.attention
      let projected = Linear.outputs(
        of: [attention.query, attention.key, attention.value], for: attention.norm(hidden)
      ).map { $0.splitIntoHeads(attention.heads) }
      let cache = state.caches[index]
      cache.append(keys: projected[1], values: projected[2], lengths: state.lengths)
      let attended = cache.attention(projected[0], lengths: seen, bias: bias, scale: 1)
      hidden = attention.output(attended, addedTo: hidden)
      if let attention = layer.source {
        let attended = state.sourceCaches[index].attention(
          attention.queries(attention.norm(hidden)), lengths: state.sourceLengths, scale: 1)
        hidden = attention.output(attended, addedTo: hidden)
      }
      hidden = layer.feedForward.inner(layer.feedForward.norm(hidden), addedTo: hidden)
    }
    return norm(hidden)
  }
}
