import OrchardModels
import OrchardSettings
import OrchardTensors

/// How a model's own weights are kept while an adapter is learned beside them.
public enum FrozenWeights: String, NamedChoice {
  /// In the type that is computed with.
  case plain
  /// Matrices in 8 bits.
  case int8
  /// Matrices in 4 bits, the tables of the vocabulary in 8.
  case int4
  /// Matrices in the 4-bit levels of a normal distribution, their scales in 8 bits too; the tables of the vocabulary in
  /// 8 bits.
  case nf4

  /// The bytes of a weight where it is known before loading.
  var bytes: Double? { format.compact.map { $0.bitsPerNumber / 8 } }

  /// The format for loading.
  var format: WeightFormat {
    switch self {
    case .plain: .plain(.float32)
    case .int8: .quantized(.eight)
    case .int4: .quantized(.four)
    case .nf4: .quantized(.normalFloat)
    }
  }
}

/// Which model is trained and from where.
public struct ModelSettings: SettingsGroup, Equatable {
  /// The folder with configuration, tokenizer and weights.
  public var folder = "model"
  /// Whether the weights are random rather than those of the folder.
  public var fromNothing = false
  /// How its weights are kept where an adapter is learned beside them (QLoRA: Dettmers and others 2023).
  public var weights = FrozenWeights.plain

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "The model that is trained."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("folder", \.folder, "The folder with config.json, tokenizer and weights.", required: true),
      Field("from-nothing", \.fromNothing, "Whether to begin with random weights rather than the folder's."),
      Field("weights", \.weights, "Beside an adapter: how the model's own weights are kept, on the CPU."),
    ]
  }
}
