import OrchardTensors

/// A function applied to every element between two linear layers.
public enum Activation: String, CaseIterable, Sendable {
  case relu
  case gelu
  case geluTanh = "gelu_tanh"
  case silu

  /// The activation that a `config.json` calls `name`, or nil.
  public init?(configured name: String) {
    switch name {
    case "relu": self = .relu
    case "gelu": self = .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": self = .geluTanh
    case "silu", "swish": self = .silu
    default: return nil
    }
  }

  /// The function of every element.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    switch self {
    case .relu: return input.relu
    case .gelu: return input.gelu()
    case .geluTanh: return input.gelu(tanhForm: true)
    case .silu: return input.silu
    }
  }
}
