import OrchardTensors

// Layers as steps of a decoding program; nil where a program cannot do what a layer does.
extension StepProgram.Norm {
  /// The step of a layer's norm.
  package init?(_ norm: any Norm, computingIn dtype: DType) {
    switch norm {
    case let norm as RMSNorm where norm.weight.dtype == dtype:
      self.init(scale: norm.weight.tensor, epsilon: norm.epsilon, offset: norm.offset)
    case let norm as LayerNorm where norm.weight.dtype == dtype:
      self.init(scale: norm.weight.tensor, shift: norm.bias.tensor, epsilon: norm.epsilon)
    default: return nil
    }
  }
}

extension StepProgram.Weight {
  /// The matrix of a layer; what is learned beside it is for the program to add.
  fileprivate init?(_ layer: Linear, computingIn dtype: DType) {
    guard let dense = layer.slot as? DenseWeight, dense.weight.dtype == dtype else { return nil }
    if let quantized = dense.weight.quantized {
      self.init(.quantized(quantized), bias: layer.bias?.tensor)
    } else if dense.weight.compact == nil, dense.weight.tensor.isContiguous {
      self.init(.plain(dense.weight.tensor), bias: layer.bias?.tensor)
    } else {
      return nil
    }
  }
}

/// A layer as steps take it: its matrix, and what is learned beside it.
private struct StepLayer {
  let weight: StepProgram.Weight
  let lowRanks: [StepProgram.LowRank?]

  init?(_ layer: Linear, computingIn dtype: DType) {
    guard let weight = StepProgram.Weight(layer, computingIn: dtype) else { return nil }
    self.weight = weight
    guard let adapter = layer.adapter else {
      lowRanks = []
      return
    }
    guard let pairs = (adapter as? any LowRankAdapter)?.lowRanks else { return nil }
    lowRanks = pairs
  }
}

extension StepProgram {
  /// Adds up to three layers over one input, normed first where there is a norm; nil where they cannot be steps.
  package func products(
    _ input: Buffer, normed norm: Norm? = nil, _ layers: [Linear], aside: Bool = false, computingIn dtype: DType
  ) -> [Buffer]? {
    let parts = layers.compactMap { StepLayer($0, computingIn: dtype) }
    guard parts.count == layers.count, let made = products(input, normed: norm, parts.map(\.weight), aside: aside)
    else { return nil }
    for (part, buffer) in zip(parts, made) where !part.lowRanks.isEmpty {
      addLowRank(part.lowRanks, of: input, normed: norm, to: buffer)
    }
    return made
  }

  /// Adds layer(x) + residual; nil where the layer cannot be a step.
  package func product(_ input: Buffer, _ layer: Linear, addedTo residual: Buffer? = nil, computingIn dtype: DType)
    -> Buffer?
  {
    guard let part = StepLayer(layer, computingIn: dtype) else { return nil }
    let made = product(input, part.weight, addedTo: residual)
    if !part.lowRanks.isEmpty { addLowRank(part.lowRanks, of: input, normed: nil, to: made) }
    return made
  }

  /// Adds a feed-forward part, and a residual stream where there is one; nil where a layer of it cannot be a step.
  package func feedForward(
    _ part: FeedForward, _ input: Buffer, normed norm: Norm?, addedTo residual: Buffer? = nil, computingIn dtype: DType
  ) -> Buffer? {
    inner(of: part, input, normed: norm, computingIn: dtype).flatMap {
      product($0, part.down, addedTo: residual, computingIn: dtype)
    }
  }

  private func inner(of part: FeedForward, _ input: Buffer, normed norm: Norm?, computingIn dtype: DType) -> Buffer? {
    let activation = part.activation.forGates
    let layers = [part.gate, part.up].compactMap { $0 }
    // What is learned beside a layer comes between its product and the activation.
    guard layers.allSatisfy({ $0.adapter == nil }) else {
      return products(input, normed: norm, layers, aside: true, computingIn: dtype).map {
        self.activation($0[0], activation, times: $0.count > 1 ? $0[1] : nil)
      }
    }
    let weights = layers.compactMap { Weight($0, computingIn: dtype) }
    guard weights.count == layers.count else { return nil }
    guard weights.count > 1 else { return product(input, normed: norm, weights[0], activation: activation) }
    return gated(input, normed: norm, gate: weights[0], up: weights[1], activation: activation)
  }
}
