import OrchardTensors

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
      found.allSatisfy({ $0.shape == first.shape && !$0.wantsGradients && $0.compact == nil })
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
