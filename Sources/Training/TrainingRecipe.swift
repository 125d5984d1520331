import OrchardAdapters
import OrchardDatasets
import OrchardModels
import OrchardSettings
import OrchardTensors

/// The type of number that weights are kept and multiplied in.
public enum TrainingPrecision: String, NamedChoice {
  /// Single precision.
  case fp32
  /// Eight bits of mantissa, with fp32 masters in the optimiser.
  case bf16
}

/// How a model's own weights are kept while an adapter is learned beside them.
public enum FrozenWeights: String, NamedChoice {
  /// In the type that is computed with.
  case plain
  /// Matrices in 8 bits.
  case int8
  /// Matrices in 4 bits, the tables of the vocabulary in 8.
  case int4

  /// The bytes of a weight where it is known before loading: scales are an eighth on top of the bits.
  var bytes: Double? {
    switch self {
    case .plain: nil
    case .int8: 9.0 / 8
    case .int4: 9.0 / 16
    }
  }

  /// The format for loading.
  var format: WeightFormat {
    switch self {
    case .plain: .plain(.float32)
    case .int8: .quantized(.eight)
    case .int4: .quantized(.four)
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

/// How far a run goes and how large its steps are.
public struct LengthSettings: SettingsGroup, Equatable {
  /// Passes over the data; used where no number of steps is given.
  public var epochs = 3.0
  /// Steps; nil goes by `epochs`.
  public var steps: Int?
  /// Batches whose gradients are added up for one step.
  public var accumulation = 1
  /// The largest norm of all gradients together; larger ones are scaled down.
  public var clipping: Double? = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How far the run goes and how large its steps are."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("epochs", \.epochs, "Passes over the data, where no number of steps is given.", .above(0)),
      Field("steps", \.steps, "Steps; empty goes by epochs.", .range(1...)),
      Field("accumulation", \.accumulation, "Batches whose gradients are added up for one step.", .range(1...)),
      Field("clipping", \.clipping, "Largest norm of all gradients; empty for no clipping.", .above(0)),
    ]
  }
}

/// What is watched while a run goes.
public struct WatchSettings: SettingsGroup, Equatable {
  /// The files of the validation set; nil for none.
  public var validation: DatasetSettings?
  /// Steps between two evaluations.
  public var evaluateEvery = 200
  /// Validation rows that are answered at each evaluation, to be read by a person.
  public var samples = 2
  /// Most new tokens of such an answer.
  public var sampleTokens = 64
  /// Steps between two checkpoints.
  public var saveEvery = 200
  /// Checkpoints that are kept, the best one aside.
  public var keep = 2

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "What is watched and saved while the run goes."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("validation", \.validation, "The files of the validation set, as under data; empty for none."),
      Field("evaluate-every", \.evaluateEvery, "Steps between two evaluations.", .range(1...)),
      Field("samples", \.samples, "Validation rows that are answered at each evaluation.", .range(0...)),
      Field("sample-tokens", \.sampleTokens, "Most new tokens of such an answer.", .range(1...)),
      Field("save-every", \.saveEvery, "Steps between two checkpoints.", .range(1...)),
      Field("keep", \.keep, "Checkpoints that are kept, the best one aside.", .range(1...)),
    ]
  }
}

/// Everything that decides a fine-tuning run.
public struct TrainingRecipe: SettingsGroup {
  /// The folder that the run writes.
  public var output = "runs/first"
  /// The model.
  public var model = ModelSettings()
  /// What is learned beside the model's own weights, which then stay as they are; nil trains these.
  public var adapter: AdapterChoice?
  /// The training data.
  public var data = DatasetSettings()
  /// How rows become prompts and completions.
  public var prompt = PromptSettings()
  /// How examples become tokens.
  public var rendering = RenderingSettings()
  /// How examples are put into batches.
  public var batches = BatchSettings()
  /// How far the run goes.
  public var length = LengthSettings()
  /// The rule that changes weights.
  public var optimizer = OptimizerChoice(AdamWSettings())
  /// The learning rate over the run.
  public var schedule = ScheduleSettings()
  /// What is watched while the run goes.
  public var watch = WatchSettings()
  /// The share of each target that is spread over the whole vocabulary.
  public var labelSmoothing = 0.0
  /// The type of the weights.
  public var dtype = TrainingPrecision.fp32
  /// Where random numbers begin: starting weights, dropout.
  public var seed = 0
  /// Where to compute.
  public var device = "auto"

  /// The recipe with its defaults.
  public init() {}

  /// What a recipe is for.
  public static let help = "A recipe for fine-tuning a language model on prompts and completions."

  /// What an adapter, the weights beside it and packing do not allow each other.
  public var complaints: [SettingsComplaint] {
    if batches.packing, adapter?.settings is any PromptAdapterSettings {
      return [
        SettingsComplaint("adapter", "is read before each row, and batches.packing puts several examples into one")
      ]
    }
    if adapter == nil, model.weights != .plain {
      return [
        SettingsComplaint(
          "adapter", "is missing, and weights of few bits (model.weights) are not trained themselves; name one: lora")
      ]
    }
    guard adapter != nil, model.fromNothing else { return [] }
    return [
      SettingsComplaint(
        "adapter", "needs a model that has learned something, and model.from-nothing begins with random weights")
    ]
  }

  /// The settings of a recipe.
  public static var fields: [Field<Self>] {
    [
      Field("output", \.output, "The folder that the run writes: checkpoints, metrics, the trained model."),
      Field("model", \.model, "The model that is trained."),
      Field(
        "adapter", \.adapter,
        "What is learned beside the weights, which then stay: lora, ia3, prompt; empty trains these."),
      Field("data", \.data, "The training data."),
      Field("prompt", \.prompt, "How rows become prompts and completions."),
      Field("rendering", \.rendering, "How examples become tokens."),
      Field("batches", \.batches, "How examples are put into batches."),
      Field("length", \.length, "How far the run goes and how large its steps are."),
      Field("optimizer", \.optimizer, "The rule that changes weights."),
      Field("schedule", \.schedule, "The learning rate over the run."),
      Field("watch", \.watch, "What is watched and saved while the run goes."),
      Field("label-smoothing", \.labelSmoothing, "The share of a target spread over the vocabulary.", .range(0..<1)),
      Field("dtype", \.dtype, "The type of the weights; bf16 is trained through fp32 masters."),
      Field("seed", \.seed, "Where random numbers begin: starting weights, dropout.", .range(0...)),
      Field("device", \.device, "Where to compute: cpu, cuda, cuda:N, mps or auto."),
    ]
  }
}
