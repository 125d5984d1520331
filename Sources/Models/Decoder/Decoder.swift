// The decoder that GPT-2, GPT-NeoX, Llama, Mistral, Qwen and Gemma are cases of.
// Shapes: B rows, T tokens, D width, H heads, K key heads.

import OrchardLayers
import OrchardTensors

/// A decoder-only language model, as its configuration has it.
public final class Decoder: LanguageModel {
  /// The token embedding.
  public let embedding: Embedding
  /// The vectors of positions, where they are learned.
  public let positionEmbedding: Embedding?
  /// The layers.
  public let layers: [DecoderLayer]
  /// The last norm.
  public let norm: any Norm
  /// The output matrix, where it is not the embedding.
  public let output: Embedding?
  /// Learned vectors that are read before the text.
  public var softPrompt: SoftPrompt?
  /// Several adapters that the rows of a pass choose from.
  public var rowAdapters: RowAdapters?
  /// Whether a layer's activations are computed a second time in the backward pass.
  public var recomputesActivations = false
  let configuration: DecoderConfiguration
  let rotary: RotaryPositions?
  let rotaryTable: RotaryTable?

  /// A model without memory yet.
  public init(_ configuration: DecoderConfiguration) {
    self.configuration = configuration
    let size = (configuration.vocabularySize, configuration.width)
    embedding = Embedding(size.0, size.1, deviation: configuration.deviation)
    switch configuration.positions {
    case .rotary(let positions):
      rotary = positions
      rotaryTable = RotaryTable(positions)
      positionEmbedding = nil
    case .learned:
      rotary = nil
      rotaryTable = nil
      positionEmbedding = Embedding(
        configuration.contextLength, configuration.width, deviation: configuration.deviation)
    }
    layers = (0..<configuration.layers).map { DecoderLayer(configuration, layer: $0) }
    norm = configuration.makeNorm()
    output = configuration.isTied ? nil : Embedding(size.0, size.1, deviation: configuration.deviation)
  }

  /// What the rest of the house must know.
  public var properties: ModelProperties {
    ModelProperties(
      kind: .decoderOnly, architecture: configuration.architecture, vocabularySize: configuration.vocabularySize,
      width: configuration.width, contextLength: configuration.contextLength - promptCount,
      startToken: configuration.startToken,
      endTokens: configuration.endTokens, paddingToken: configuration.paddingToken,
      overflowsInHalf: configuration.overflowsInHalf, visibleLayers: layers.count, isTied: configuration.isTied)
  }

  /// The vectors of tokens.
  public func tokenVectors(_ ids: Tensor) -> Tensor {
    let made = embedding(ids)
    return configuration.embeddingScale == 1 ? made : made * configuration.embeddingScale
  }

  /// Keys and values of a layer's one attention.
  public var prefixShape: PrefixShape {
    PrefixShape(
      slots: layers.count, heads: configuration.keyHeads, width: configuration.keyHeads * configuration.headWidth)
  }

  /// From hidden states to logits.
  public var head: LanguageHead {
    LanguageHead(weight: (output ?? embedding).weight, cap: configuration.logitCap)
  }

  /// The names in Hugging Face checkpoints.
  public var checkpointKeys: CheckpointKeys { configuration.keys }

  /// The last hidden states `[B, T, D]`.
  public func hidden(_ batch: TokenBatch, mode: ForwardMode) -> Tensor { pass(batch, mode: mode) }

  /// The last hidden states `[B, T, D]`, and on the way what each place gives.
  public func trace(_ batch: TokenBatch, _ visit: ActivationTrace) -> Tensor {
    withoutActuallyEscaping(visit) { pass(batch, mode: .inference, trace: $0) }
  }

  private func pass(_ batch: TokenBatch, mode: ForwardMode, trace: ActivationTrace? = nil) -> Tensor {
    let prefix = softPrompt?.states(dtype)
    // Places that are read before the tokens, and places that are given: keys without queries.
    let (read, given) = (promptCount - prefix.count, prefix.count)
    let length = read + batch.target.length
    var segments: Tensor?
    var positions = Tensor.range(given..<given + length, on: device)
    if let numbers = batch.segments {
      precondition(
        promptCount == 0, "a soft prompt stands before a row, not before each of the examples packed into it")
      // Padding stands on the right, where a causal mask hides it already; examples in one row must be told apart.
      let ids = Tensor(numbers.flatMap { $0 }, shape: [numbers.count, length], on: device)
      segments = (ids.unsqueezed(2) .== ids.unsqueezed(1)).unsqueezed(1)
      positions = Tensor(numbers.flatMap(Self.places), shape: [numbers.count, length], on: device)
    }
    // Within an example places and positions go in step: a window over the one is a window over the other.
    let masks = masks { window in
      let near = AttentionMask.within(window, queries: length, keys: given + length, on: device)
      return AttentionMask(causal: true, visible: near.map { segments?.and($0) ?? $0 } ?? segments)
    }
    let angles = rotary?.angles(at: positions)
    var hidden = placed(softPrompt.before(tokenVectors(batch.target.ids)), at: positions)
    if mode == .training { hidden = hidden.dropout(configuration.embeddingDropout) }
    trace?(ActivationPlace(.embedding), hidden)
    for (index, layer) in layers.enumerated() {
      let visit = trace.map { trace in
        { (part: ActivationPlace.Part, tensor: Tensor) in trace(ActivationPlace(part, layer: index), tensor) }
      }
      let inputs = [hidden] + (prefix.map { [$0.numbers] } ?? [])
      hidden = .recomputed(inputs, if: recomputesActivations && mode == .training) { [self] inputs in
        layer(inputs[0], mode: mode, trace: visit) { normed in
          let (query, key, value) = turned(layer.attention.project(normed), by: angles)
          visit?(.query, query)
          visit?(.key, key)
          visit?(.value, value)
          let (keys, values) = prefix.map { _ in PrefixStates(numbers: inputs[1]) }.before(key, value, slot: index)
          return layer.attention.attend(query, keys, values, mask: masks(index), mode: mode)
        }
      }
    }
    let last = norm(read == 0 ? hidden : hidden.sliced(1, read..<length))
    trace?(ActivationPlace(.norm), last)
    return last
  }

  /// The vectors at positions `[T]` or `[B, T]`, as the first layer takes them.
  func placed(_ vectors: Tensor, at positions: Tensor) -> Tensor {
    positionEmbedding.map { vectors + $0(positions) } ?? vectors
  }

  typealias Heads = (query: Tensor, key: Tensor, value: Tensor)

  func turned(_ heads: Heads, by angles: (cosine: Tensor, sine: Tensor)?) -> Heads {
    guard let angles else { return heads }
    return (
      RotaryPositions.turn(heads.query, by: angles), RotaryPositions.turn(heads.key, by: angles), heads.value
    )
  }

  /// The mask of each layer, made once for each window that there is.
  func masks(_ make: (Int?) -> AttentionMask) -> (Int) -> AttentionMask {
    let windows = configuration.windows
    let made = Dictionary(uniqueKeysWithValues: Set(windows).map { ($0, make($0)) })
    return { layer in made[windows[layer]] ?? AttentionMask(causal: true) }
  }

  /// The positions of a row of packed examples: they begin anew in each.
  private static func places(_ segments: [Int]) -> [Int] {
    var start = 0
    return segments.indices.map { index in
      if index > 0 && segments[index] != segments[index - 1] { start = index }
      return index - start
    }
  }
}
