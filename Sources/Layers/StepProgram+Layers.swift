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
  /// The matrix of a layer, where nothing is learned beside it.
  package init?(_ layer: Linear, computingIn dtype: DType) {
    guard layer.adapter == nil, let dense = layer.slot as? DenseWeight, dense.weight.dtype == dtype else { return nil }
    if let quantized = dense.weight.quantized {
      self.init(.quantized(quantized), bias: layer.bias?.tensor)
    } else if dense.weight.tensor.isContiguous {
      self.init(.plain(dense.weight.tensor), bias: layer.bias?.tensor)
    } else {
      return nil
    }
  }
}

extension StepProgram {
  /// Adds a feed-forward part; nil where a layer of it cannot be a step.
  package func feedForward(_ part: FeedForward, _ input: Buffer, normed norm: Norm?, computingIn dtype: DType)
    -> (inner: Buffer, down: Weight)?
  {
    guard let up = Weight(part.up, computingIn: dtype), let down = Weight(part.down, computingIn: dtype) else {
      return nil
    }
    let activation = part.activation.forGates
    guard let gate = part.gate else { return (product(input, normed: norm, up, activation: activation), down) }
    guard let gate = Weight(gate, computingIn: dtype),
      let inner = gated(input, normed: norm, gate: gate, up: up, activation: activation)
    else { return nil }
    return (inner, down)
  }
}
