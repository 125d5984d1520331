// One token a row by the decoding kernels: the fast path beside `Llama.read`, which it is checked against.

import OrchardLayers
import OrchardTensors

extension Llama {
  /// The hidden states `[B, 1, D]` of one further token of every row.
  func readOne(_ embedded: Tensor, into state: DecodingState) -> Tensor {
    let seen = state.lengths.map { $0 + 1 }
    let (cosine, sine) = rotaryTable.angles(upTo: seen.max() ?? 1)
    var hidden = embedded
    for (index, layer) in layers.enumerated() {
      let attention = layer.attention
      let projected = Linear.outputs(
        of: [attention.query, attention.key, attention.value], for: layer.attentionNorm(hidden))
      let query = projected[0].splitIntoHeads(attention.heads)
      let key = projected[1].splitIntoHeads(attention.keyHeads)
      let cache = state.caches[index]
      cache.append(
        keys: key.turned(cosine: cosine, sine: sine, from: state.lengths),
        values: projected[2].splitIntoHeads(attention.keyHeads), lengths: state.lengths)
      let attended = cache.attention(
        query.turned(cosine: cosine, sine: sine, from: state.lengths), lengths: seen,
        scale: 1 / Double(attention.headWidth).squareRoot())
      hidden = attention.output(attended, addedTo: hidden)
      hidden = layer.feedForward(layer.feedForwardNorm(hidden), addedTo: hidden)
    }
    state.advance(by: Array(repeating: 1, count: state.rowCount))
    return norm(hidden)
  }
}
