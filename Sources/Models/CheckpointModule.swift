import OrchardLayers
import OrchardTensors

/// A model whose weights have names in a checkpoint: a language model, a text encoder, or one with a head upon it.
public protocol CheckpointModule: Module {
  /// The names of this architecture's weights in a checkpoint.
  var checkpointKeys: CheckpointKeys { get }
  /// Where the weights are.
  var device: Device { get }
  /// The type of the weights.
  var dtype: DType { get }
  /// The matrix from hidden states to the vocabulary, where there is one.
  var outputWeight: Parameter? { get }
}

extension CheckpointModule {
  /// None, unless the model says otherwise.
  public var outputWeight: Parameter? { nil }

  /// Gives every weight its starting numbers, from the engine's random numbers.
  public func initialize(dtype: DType = .float32, on device: Device = .cpu) {
    for parameter in parameters { parameter.initialize(dtype: dtype, on: device) }
  }

  /// Turns all weights into another type or moves them to another device.
  public func convert(to dtype: DType, on device: Device? = nil) {
    let device = device ?? self.device
    for parameter in parameters { parameter.convert(to: dtype, on: device) }
  }

  /// Whether gradients are recorded for the trainable weights.
  package func setGradients(_ on: Bool) {
    for parameter in parameters { parameter.wantsGradients = on }
  }

  /// Gives every weight memory of its own where it may still look at a checkpoint's mapped file: training writes to it,
  /// and the file is let go.
  package func own() {
    for parameter in parameters where parameter.compact == nil { parameter.load(parameter.tensor.copied) }
  }
}
