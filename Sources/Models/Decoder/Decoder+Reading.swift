// Reading with a cache: any number of tokens at once. One token a row goes through `Decoder+Steps.swift` where it can.

import OrchardLayers
import OrchardTensors

extension Decoder {
  /// Begins with nothing read: the decoder first reads the prompts themselves.
  public func begin(_ prompts: [[Int]], adapters: [Int?]) -> (state: DecodingState, first: [[Int]]) {
    let state = DecodingState(rows: prompts.count, layers: layers.count, keeping: cacheType)
    let choices = choices(adapters, rows: prompts.count)
    state.note(adapters: choices)
    // A soft prompt is read once, whatever follows it.
    for (adapter, rows) in Dictionary(grouping: prompts.indices, by: { choices.isEmpty ? nil : choices[$0] }) {
      guard let prompt = softPrompt(of: adapter) else { continue }
      if let prefix = prompt.states(dtype) {
        state.begin(rows, with: prefix, heads: configuration.keyHeads, stride: 1)
        continue
      }
      let part = DecodingState(like: state, rows: 1)
      let row = TokenRows([Array(repeating: 0, count: prompt.count)], on: device)
      _ = readTogether(row, into: part, as: prompt.rows(1, dtype))
      state.begin(rows, with: part)
    }
    return (state, prompts)
  }

  /// Reads further tokens of every row.
  public func read(_ tokens: TokenRows, into state: DecodingState) -> Tensor {
    state.firstReading(tokens) { readTogether($0, into: $1) } ?? readTogether(tokens, into: state)
  }

  /// Reads further tokens of every row in one pass; where `vectors` are given, these in their place.
  private func readTogether(_ tokens: TokenRows, into state: DecodingState, as vectors: Tensor? = nil) -> Tensor {
    pass(with: state.adapters) { through(tokens, into: state, as: vectors) }
  }

  private func through(_ tokens: TokenRows, into state: DecodingState, as vectors: Tensor?) -> Tensor {
    let count = tokens.length
    let places = state.lengths.flatMap { Array($0..<$0 + count) }
    // Short rows are filled up: what stands there counts nothing, and takes the last position that there is.
    let last = positionEmbedding.map { _ in configuration.contextLength - 1 } ?? Int.max
    let positions = Tensor(places.map { min($0, last) }, shape: [state.rowCount, count], on: device)
    let embedded = placed(vectors ?? tokenVectors(tokens.ids), at: positions)
    if count == 1, vectors == nil, state.watchedLayers.isEmpty, let output = readOne(embedded, into: state) {
      return output
    }
    // At the beginning nothing but the order of the tokens and a window hides one: padding stands on the right.
    let begins = state.lengths.allSatisfy { $0 == 0 }
    let masks = masks { window in
      begins
        ? AttentionMask(
          causal: true, visible: AttentionMask.within(window, queries: count, keys: count, on: device))
        : AttentionMask(visible: state.visible(queries: count, window: window, on: device))
    }
    let angles = rotary?.angles(at: positions)
    var hidden = embedded
    var watched: [Tensor] = []
    for (index, layer) in layers.enumerated() {
      if state.watchedLayers.contains(index) { watched.append(hidden) }
      hidden = layer(hidden, mode: .inference) { normed in
        let (query, newKey, newValue) = turned(layer.attention.project(normed), by: angles)
        state.caches[index].append(keys: newKey, values: newValue, lengths: state.lengths)
        let (keys, values) = state.view(index, adding: count)
        return layer.attention.attend(query, keys, values, mask: masks(index), mode: .inference)
      }
    }
    state.advance(by: tokens.lengths)
    return watched.isEmpty ? norm(hidden) : .concatenated([norm(hidden)] + watched, along: 2)
  }
}
