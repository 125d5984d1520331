import OrchardLayers
import OrchardTensors

/// A step from a text's pooled vector to its embedding: `[B, E]` becomes `[B, E']`.
public protocol SentenceStep: Module {
  /// The vectors after the step.
  func callAsFunction(_ vectors: Tensor) -> Tensor
}

/// Vectors brought to the length 1.
public final class NormalizeStep: SentenceStep {
  /// A step without weights.
  public init() {}

  /// Each vector over its length.
  public func callAsFunction(_ vectors: Tensor) -> Tensor {
    // The same floor as torch's normalize: a vector of zeros stays one.
    let length = (vectors * vectors).sum(along: -1, keepingDimension: true).squareRoot.clamped(1e-12, .infinity)
    return vectors / length
  }
}

/// A linear layer with an activation.
public final class DenseStep: SentenceStep, CheckpointModule {
  /// The functions by the last part of their names in PyTorch.
  static let activations: [String: @Sendable (Tensor) -> Tensor] = [
    "Identity": { $0 }, "Tanh": { $0.tanh }, "ReLU": { $0.relu }, "GELU": { $0.gelu() }, "Sigmoid": { $0.sigmoid },
    "SiLU": { $0.silu },
  ]

  let linear: Linear
  private let activation: @Sendable (Tensor) -> Tensor

  init(inputs: Int, outputs: Int, bias: Bool, activation: @escaping @Sendable (Tensor) -> Tensor) {
    linear = Linear(inputs, outputs, bias: bias)
    self.activation = activation
  }

  /// The names in a checkpoint.
  public var checkpointKeys: CheckpointKeys { CheckpointKeys(CheckpointKeys.linear("linear", "linear")) }

  /// Where the weights are.
  public var device: Device { parameters.first?.tensor.device ?? .cpu }

  /// The type of the weights.
  public var dtype: DType { parameters.first?.tensor.dtype ?? .float32 }

  /// The layer's output.
  public func callAsFunction(_ vectors: Tensor) -> Tensor { activation(linear(vectors)) }
}

/// An encoder whose states are pooled to one vector a text: a sentence embedding.
///
/// Followed: Reimers and Gurevych, Sentence-BERT, 2019.
public final class SentenceEncoder: Module {
  /// The encoder.
  public let body: any TextEncoder
  /// The ways of pooling, whose vectors are joined.
  public let poolings: [Pooling]
  /// What comes after pooling.
  public let steps: [any SentenceStep]

  /// An encoder of these parts.
  public init(_ body: any TextEncoder, poolings: [Pooling], steps: [any SentenceStep] = []) {
    self.body = body
    self.poolings = poolings
    self.steps = steps
  }

  /// The embeddings `[B, E]` of texts, in fp32; padding counts nothing.
  public func callAsFunction(_ rows: TokenRows) -> Tensor {
    let hidden = body.hidden(rows)
    let pooled = poolings.map { $0(hidden, lengths: rows.lengths) }
    let joined = pooled.count == 1 ? pooled[0] : Tensor.concatenated(pooled, along: 1)
    return steps.reduce(joined) { $1($0) }
  }
}
