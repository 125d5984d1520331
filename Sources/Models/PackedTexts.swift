import OrchardLayers
import OrchardTensors

/// Texts one behind the other without padding, `[N, D]`: what encoders compute with where no gradient is wanted.
///
/// The fast path beside the padded one, which it is checked against.
struct PackedTexts {
  /// Where each text begins.
  let starts: [Int]
  /// Tokens in each text.
  let lengths: [Int]
  private let rows, length: Int
  /// The places among the B·T padded ones that hold tokens; nil where all do.
  private let places: Tensor?

  /// The texts of padded rows, or nil where the kernels do not take states of this kind.
  init?(_ rows: TokenRows, width: Int, heads: Int, like weight: Tensor) {
    guard weight.takesDecodingKernels, width % (16 * heads) == 0 else { return nil }
    Engine.keepFreedMemory()
    lengths = rows.lengths
    self.rows = lengths.count
    length = rows.length
    guard lengths.contains(where: { $0 != rows.length }) else {
      starts = lengths.indices.map { $0 * rows.length }
      places = nil
      return
    }
    var starts: [Int] = []
    var places: [Int] = []
    for (row, count) in lengths.enumerated() {
      starts.append(places.count)
      places += row * rows.length..<row * rows.length + count
    }
    self.starts = starts
    self.places = Tensor(places)
  }

  /// The tokens' states `[N, D]` out of padded ones `[B, T, D]`.
  func pack(_ padded: Tensor) -> Tensor {
    let flat = padded.reshaped([rows * length, -1])
    return places.map { flat.indexed(0, by: $0) } ?? flat
  }

  /// The states as `[B, T, D]`, zeros at padding.
  func unpack(_ packed: Tensor) -> Tensor {
    guard let places else { return packed.reshaped([rows, length, -1]) }
    let padded = Tensor.zeros([rows * length, packed.size(1)], dtype: packed.dtype, on: packed.device)
    padded.assign(0, at: places, packed)
    return padded.reshaped([rows, length, -1])
  }
}

extension PostNormAttention {
  /// The part's output `[N, D]` for packed texts.
  func callAsFunction(_ hidden: Tensor, _ texts: PackedTexts) -> Tensor {
    let layers = [query, key, value]
    let projected = joined(layers, hidden) ?? Tensor.concatenated(layers.map { $0.whole(hidden) }, along: 1)
    let attended = projected.textAttention(starts: texts.starts, lengths: texts.lengths, heads: heads, scale: scale)
    return norm(output.whole(attended, addedTo: hidden))
  }
}

extension PostNormLayer {
  /// The layer's output `[N, D]` for packed texts.
  func callAsFunction(_ hidden: Tensor, _ texts: PackedTexts) -> Tensor {
    finish(attention(hidden, texts), mode: .inference)
  }
}

extension [PostNormLayer] {
  /// The output `[B, T, D]` of an encoder's layers for embedded rows `[B, T, D]`, `norm` applied to them first.
  ///
  /// Keys and values of a `prefix` stand before each layer's own; the lengths of `rows` count them. With `recomputes`,
  /// training keeps nothing of a layer for the backward pass but its input.
  func encode(
    _ embedded: Tensor, norm: LayerNorm, _ rows: TokenRows, prefix: PrefixStates? = nil, dropout: Double,
    mode: ForwardMode, recomputes: Bool = false
  ) -> Tensor {
    if mode == .inference, prefix == nil, let part = first?.attention,
      let texts = PackedTexts(rows, width: embedded.size(2), heads: part.heads, like: embedded)
    {
      return texts.unpack(reduce(norm(texts.pack(embedded))) { $1($0, texts) })
    }
    let mask = AttentionMask(visible: rows.visible(on: embedded.device))
    let start = norm(embedded).dropout(mode == .training ? dropout : 0)
    return enumerated().reduce(start) { hidden, entry in
      .recomputed([hidden] + (prefix.map { [$0.numbers] } ?? []), if: recomputes && mode == .training) { inputs in
        entry.element(
          inputs[0], mask: mask, prefix: prefix.map { _ in PrefixStates(numbers: inputs[1]) }, slot: entry.offset,
          mode: mode)
      }
    }
  }
}
