import OrchardTensors

/// How a `Linear` layer's weight is kept and multiplied with: dense, quantised or pruned.
public protocol WeightSlot: Module {
  /// Features in and out.
  var inputCount: Int { get }
  /// Features that come out.
  var outputCount: Int { get }
  /// x·Wᵀ for `input` `[…, I]`, as `[…, O]`.
  func product(_ input: Tensor) -> Tensor
}

/// What is learned beside a `Linear` layer's own weight: LoRA and its kin.
public protocol LinearAdapter: Module {
  /// The layer's output `[…, O]` as the adapter changes it, given the layer's input `[…, I]`.
  func adapted(_ output: Tensor, input: Tensor) -> Tensor
}

/// What is learned beside a layer where it is products of low rank, which a decoding program takes as they are.
package protocol LowRankAdapter: LinearAdapter {
  /// The products, of which each row of a pass takes one, or where there is a choice perhaps none; nil where what is
  /// learned is something else too.
  var lowRanks: [StepProgram.LowRank?]? { get }
}

/// A weight kept as a matrix `[O, I]`, its parameter plain or quantised.
public final class DenseWeight: WeightSlot {
  /// The matrix `[O, I]`.
  public let weight: Parameter

  /// A matrix without memory yet.
  public init(inputs: Int, outputs: Int, deviation: Double) {
    weight = Parameter([outputs, inputs], start: .normal(deviation: deviation))
  }

  /// A layer over a matrix that another part of the model owns too.
  public init(sharing weight: Parameter) { self.weight = weight }

  /// Features in.
  public var inputCount: Int { weight.shape[1] }

  /// Features out.
  public var outputCount: Int { weight.shape[0] }

  /// x·Wᵀ; with a weight that is kept quantised by integer products.
  public func product(_ input: Tensor) -> Tensor { weight.product(input) }
}

extension Parameter {
  /// x·Wᵀ + b for this matrix `[O, I]`, plain or quantised, and `input` `[…, I]`.
  package func product(_ input: Tensor, bias: Tensor? = nil) -> Tensor {
    compact?.linear(input, bias: bias, addedTo: nil) ?? input.linear(tensor, bias: bias)
  }
}

/// y = x·Wᵀ + b, as a weight slot, a bias that may be absent, and a slot for an adapter.
///
/// `[…, I]` becomes `[…, O]`.
public final class Linear: Module {
  /// The weight.
  public var slot: any WeightSlot
  /// The bias `[O]`, where the layer has one.
  public let bias: Parameter?
  /// What is learned beside the weight.
  public var adapter: (any LinearAdapter)?

  /// A layer without memory yet.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = false, deviation: Double = 0.02) {
    slot = DenseWeight(inputs: inputs, outputs: outputs, deviation: deviation)
    self.bias = bias ? Parameter([outputs], start: .constant(0)) : nil
  }

  /// The layer's output for `input`.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    var output = slot.product(input)
    if let bias { output = output + bias.tensor }
    return adapter?.adapted(output, input: input) ?? output
  }
}
