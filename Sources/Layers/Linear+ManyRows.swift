import OrchardTensors

// Forms of linear layers for whole texts: bias, activation and residual in one pass with the product where nothing is
// recorded for gradients. Each falls back on the layer by itself, which it is checked against.
extension Linear {
  /// The plain matrix, where the layer has one and nothing is learned beside it.
  private var plainMatrix: Tensor? {
    guard adapter == nil, let dense = slot as? DenseWeight, dense.weight.quantized == nil else { return nil }
    return dense.weight.tensor
  }

  /// activation(x·Wᵀ + b).
  package func callAsFunction(_ input: Tensor, activation: Activation) -> Tensor {
    guard let plainMatrix, !Tensor.recordsGradients else { return activation(self(input)) }
    return input.linear(plainMatrix, bias: bias?.tensor, activation: activation.forGates)
  }

  /// x·Wᵀ + b in one pass.
  package func whole(_ input: Tensor) -> Tensor {
    guard let plainMatrix, !Tensor.recordsGradients else { return self(input) }
    return input.linear(plainMatrix, bias: bias?.tensor, activation: nil)
  }

  /// residual + x·Wᵀ + b.
  package func whole(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    guard let plainMatrix, !Tensor.recordsGradients, residual.dtype == input.dtype else {
      return residual + self(input)
    }
    return input.linear(plainMatrix, bias: bias?.tensor, addedTo: residual)
  }
}

/// Several linear layers over one input whose matrices lie one behind the other in one piece of memory, so that one
/// product computes them all: attention's queries, keys and values.
///
/// The layers' own weights become parts of that piece; nothing is kept twice.
package final class JoinedLinear {
  private var weight: Tensor?
  private var bias: Tensor?

  /// Joins nothing yet.
  package init() {}

  /// The outputs `[…, n·O]` of `layers`, side by side, or nil where they cannot be joined.
  ///
  /// They cannot where gradients are recorded or wanted, an adapter is at work, or shapes differ.
  package func callAsFunction(_ layers: [Linear], _ input: Tensor) -> Tensor? {
    guard !Tensor.recordsGradients, let weights = parameters(of: layers, { ($0.slot as? DenseWeight)?.weight }),
      let biases = parameters(of: layers, \.bias)
    else { return nil }
    if !isCurrent(weights, biases) { join(weights, biases) }
    guard let weight else { return nil }
    return input.linear(weight, bias: bias, activation: nil)
  }

  private func parameters(of layers: [Linear], _ part: (Linear) -> Parameter?) -> [Parameter]? {
    let found = layers.compactMap { $0.adapter == nil ? part($0) : nil }
    guard found.count == layers.count, let first = found.first,
      found.allSatisfy({ $0.shape == first.shape && !$0.wantsGradients && $0.quantized == nil })
    else {
      return nil
    }
    return found
  }

  /// Whether the layers still look at the joined memory: loading or converting gives them other tensors.
  private func isCurrent(_ weights: [Parameter], _ biases: [Parameter]) -> Bool {
    guard let weight, let bias else { return false }
    return weights.allSatisfy { $0.tensor.sharesStorage(with: weight) }
      && biases.allSatisfy { $0.tensor.sharesStorage(with: bias) }
  }

  private func join(_ weights: [Parameter], _ biases: [Parameter]) {
    weight = joined(weights)
    bias = joined(biases)
  }

  private func joined(_ parameters: [Parameter]) -> Tensor {
    let whole = Tensor.concatenated(parameters.map { $0.tensor.detached }, along: 0)
    let count = parameters[0].shape[0]
    for (index, parameter) in parameters.enumerated() {
      parameter.load(whole.sliced(0, index * count..<(index + 1) * count))
    }
    return whole
  }
}

extension FeedForward {
  /// The part's output without dropout, added to a residual stream.
  package func whole(_ input: Tensor, addedTo residual: Tensor) -> Tensor {
    let inner = gate.map { $0(input).gated(by: activation, up.whole(input)) } ?? up(input, activation: activation)
    return down.whole(inner, addedTo: residual)
  }
}
