import OrchardLayers
import OrchardTensors

/// The layers that make queries, keys and values of hidden states.
protocol AttentionProjections: Module {
  typealias StepHeads = (query: StepProgram.Heads, key: StepProgram.Heads, value: StepProgram.Heads)

  /// The number of queries.
  var heads: Int { get }

  /// Queries `[B, T, H, D]`, keys and values `[B, T, K, D]` of `[B, T, W]`.
  func callAsFunction(_ input: Tensor) -> (query: Tensor, key: Tensor, value: Tensor)

  /// Adds the steps of one token a row; nil where there are none.
  func addSteps(
    to program: StepProgram, _ input: StepProgram.Buffer, normed norm: StepProgram.Norm, computingIn dtype: DType
  ) -> StepHeads?
}

/// Three layers, one for each.
final class SeparateProjections: AttentionProjections {
  let query, key, value: Linear
  let heads: Int
  private let keyHeads: Int

  init(_ configuration: DecoderConfiguration) {
    heads = configuration.heads
    keyHeads = configuration.keyHeads
    let (width, bias) = (configuration.width, configuration.projectionBias)
    let keyWidth = keyHeads * configuration.headWidth
    query = Linear(width, heads * configuration.headWidth, bias: bias, deviation: configuration.deviation)
    key = Linear(width, keyWidth, bias: bias, deviation: configuration.deviation)
    value = Linear(width, keyWidth, bias: bias, deviation: configuration.deviation)
  }

  func callAsFunction(_ input: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let made = Linear.outputs(of: [query, key, value], for: input)
    func split(_ tensor: Tensor, _ count: Int) -> Tensor {
      tensor.reshaped([tensor.size(0), tensor.size(1), count, tensor.size(2) / count])
    }
    return (split(made[0], heads), split(made[1], keyHeads), split(made[2], keyHeads))
  }
}

/// One layer for all three, side by side or head by head.
final class JoinedProjections: AttentionProjections {
  let joined: Linear
  let heads, headWidth: Int
  let isByHead: Bool

  init(_ configuration: DecoderConfiguration, byHead: Bool) {
    heads = configuration.heads
    headWidth = configuration.headWidth
    isByHead = byHead
    joined = Linear(
      configuration.width, 3 * heads * headWidth, bias: configuration.projectionBias,
      deviation: configuration.deviation)
  }

  func callAsFunction(_ input: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let made = joined(input)
    let (rows, length) = (input.size(0), input.size(1))
    if isByHead {
      let parts = made.reshaped([rows, length, heads, 3 * headWidth])
      func part(_ index: Int) -> Tensor { parts.sliced(3, index * headWidth..<(index + 1) * headWidth) }
      return (part(0), part(1), part(2))
    }
    let parts = made.reshaped([rows, length, 3, heads, headWidth])
    return (parts.selected(2, 0), parts.selected(2, 1), parts.selected(2, 2))
  }
}

/// A decoder layer's attention: projections, norms of queries and keys where there are some, and the output layer.
public final class DecoderAttention: Module {
  let projections: any AttentionProjections
  let queryNorm, keyNorm: (any Norm)?
  let output: Linear
  let scale: Double
  let window: Int?
  let cap: Double?
  private let dropout: Double

  init(_ configuration: DecoderConfiguration, layer: Int) {
    switch configuration.projections {
    case .separate: projections = SeparateProjections(configuration)
    case .joined: projections = JoinedProjections(configuration, byHead: false)
    case .joinedByHead: projections = JoinedProjections(configuration, byHead: true)
    }
    queryNorm = configuration.hasQueryKeyNorms ? configuration.makeNorm(configuration.headWidth) : nil
    keyNorm = configuration.hasQueryKeyNorms ? configuration.makeNorm(configuration.headWidth) : nil
    output = Linear(
      configuration.heads * configuration.headWidth, configuration.width, bias: configuration.outputBias,
      deviation: configuration.deviation)
    scale = configuration.scales[layer]
    window = configuration.windows[layer]
    cap = configuration.scoreCap
    dropout = configuration.attentionDropout
  }

  /// Queries `[B, H, T, D]`, keys and values `[B, K, T, D]` of normed states, not turned yet.
  func project(_ normed: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let (query, key, value) = projections(normed)
    return (
      (queryNorm?(query) ?? query).transposed(1, 2), (keyNorm?(key) ?? key).transposed(1, 2), value.transposed(1, 2)
    )
  }

  /// The joined heads, before the output layer.
  func attend(_ query: Tensor, _ keys: Tensor, _ values: Tensor, mask: AttentionMask, mode: ForwardMode) -> Tensor {
    Attention.attend(
      query: query, key: keys, value: values, mask: mask, scale: scale, cap: cap,
      dropout: mode == .training ? dropout : 0
    ).joinedHeads
  }
}
