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

  /// Bytes of a number.
  var bytes: Int { self == .fp32 ? 4 : 2 }
}

/// Which of a model's own weights are trained.
public enum TrainablePart: String, NamedChoice {
  /// All of them.
  case all
  /// The biases alone, those of norms among them (BitFit: Ben Zaken, Goldberg and Ravfogel 2022).
  case biases

  /// Whether the weight of this name in a checkpoint is among them.
  func holds(_ name: String) -> Bool { self == .all || name.hasSuffix("bias") }
}

/// What keeps a model from forgetting, beside the loss.
public enum Regularization: String, NamedChoice {
  /// Nothing.
  case none
  /// Its own distribution as it was before the run.
  case original
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
  /// Evaluations without a new lowest validation loss after which the run ends; nil goes to the end.
  public var patience: Int?
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
      Field(
        "patience", \.patience,
        "Evaluations without a new lowest validation loss after which the run ends; empty goes to the end.",
        .range(1...)),
      Field("clipping", \.clipping, "Largest norm of all gradients; empty for no clipping.", .above(0)),
    ]
  }
}

/// What is watched while a run goes.
public struct WatchSettings: SettingsGroup, Equatable {
  /// The files of the validation set; nil for none.
  public var validation: DatasetSettings?
  /// Held-out tasks by their names, scored before, during and after the run.
  public var tasks: [String: HeldOutSettings] = [:]
  /// Steps between two scorings of these; nil scores them before and after alone.
  public var scoreEvery: Int?
  /// The run ends where the losses of its last steps are so many times their lowest so far; nil lets it go on.
  public var spike: Double?
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
      Field(
        "tasks", \.tasks, "Held-out tasks by name, scored before and after the run: what it learned and forgot."),
      Field(
        "score-every", \.scoreEvery, "Steps between two scorings of these; empty for before and after.", .range(1...)),
      Field(
        "spike", \.spike,
        "Watch-dog: stop where the loss, a mean of 20 steps, is so many times its lowest; empty for none.",
        .above(1)),
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
  /// Which of the model's own weights are trained, where nothing is learned beside them.
  public var trainable = TrainablePart.all
  /// What is learned beside the model's own weights, which then stay as they are; nil trains these.
  public var adapter: AdapterChoice?
  /// The training data.
  ///
  /// Nil where there are `tasks` in its place.
  public var data: DatasetSettings?
  /// How rows become prompts and completions.
  public var prompt = PromptSettings()
  /// Several tasks by their names, in place of `data` and `prompt`.
  public var tasks: [String: TaskSettings] = [:]
  /// How the tasks are mixed.
  public var mixture = MixtureSettings()
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
  /// Whether several processes share the optimiser's state out between them.
  public var shardOptimizer = false
  /// What keeps the model from forgetting.
  public var regularize = Regularization.none
  /// How much that counts beside the loss.
  public var regularizeStrength = 1.0
  /// NEFTune's α: noise on the tokens' vectors while training; 0 for none.
  public var embeddingNoise = 0.0
  /// The decay of the average of the weights that is evaluated and kept in their place; nil for none.
  public var average: Double?
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

  /// What does not go together.
  public var complaints: [SettingsComplaint] { dataComplaints + adapterComplaints }

  private var dataComplaints: [SettingsComplaint] {
    if average != nil, shardOptimizer {
      return [
        SettingsComplaint(
          "average",
          "needs all weights in fp32 in one place, and shard-optimizer shares them out; leave out one of both")
      ]
    }
    if tasks.isEmpty {
      return data == nil ? [SettingsComplaint("data", "is missing: name the training data's files, or tasks")] : []
    }
    var complaints: [SettingsComplaint] = []
    if data != nil { complaints.append(SettingsComplaint("data", "stands beside tasks; each task names its own data")) }
    if watch.validation != nil {
      complaints.append(
        SettingsComplaint("watch", "has a validation set, but with tasks each names its own; put it under the task"))
    }
    return complaints
  }

  /// What an adapter, the weights beside it and packing do not allow each other.
  private var adapterComplaints: [SettingsComplaint] {
    if batches.packing, adapter?.settings is any PromptAdapterSettings {
      return [
        SettingsComplaint("adapter", "is read before each row, and batches.packing puts several examples into one")
      ]
    }
    if adapter != nil, trainable != .all {
      return [
        SettingsComplaint(
          "trainable", "has no effect beside an adapter, for the model's own weights stay; leave it out")
      ]
    }
    if adapter == nil, model.weights != .plain {
      return [
        SettingsComplaint(
          "adapter", "is missing, and weights of few bits (model.weights) are not trained themselves; name one: lora")
      ]
    }
    if regularize == .original, model.fromNothing {
      return [
        SettingsComplaint(
          "regularize",
          "keeps a model near what it was, and model.from-nothing begins with random weights; leave it out")
      ]
    }
    guard adapter != nil, model.fromNothing else { return [] }
    return [
      SettingsComplaint(
        "adapter", "needs a model that has learned something, and model.from-nothing begins with random weights")
    ]
  }

  /// A recipe to begin with.
  public static var example: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.data = DatasetSettings()
    return recipe
  }

  /// The settings of a recipe.
  public static var fields: [Field<Self>] {
    [
      Field("output", \.output, "The folder that the run writes: checkpoints, metrics, the trained model."),
      Field("model", \.model, "The model that is trained."),
      Field(
        "adapter", \.adapter,
        "What is learned beside the weights, which then stay: lora, ia3, bottleneck, p-tuning, prompt; empty trains these."
      ),
      Field("trainable", \.trainable, "Which of the model's own weights are trained: all, or biases alone (BitFit)."),
      Field("data", \.data, "The training data; empty where there are tasks in its place."),
      Field("prompt", \.prompt, "How rows become prompts and completions."),
      Field("tasks", \.tasks, "Several tasks by name, each with data and prompt of its own."),
      Field("mixture", \.mixture, "How the tasks are mixed."),
      Field("rendering", \.rendering, "How examples become tokens."),
      Field("batches", \.batches, "How examples are put into batches."),
      Field("length", \.length, "How far the run goes and how large its steps are."),
      Field("optimizer", \.optimizer, "The rule that changes weights."),
      Field(
        "shard-optimizer", \.shardOptimizer,
        "Several processes: whether each keeps the optimiser's state for its share of the weights alone."),
      Field("schedule", \.schedule, "The learning rate over the run."),
      Field("watch", \.watch, "What is watched and saved while the run goes."),
      Field("label-smoothing", \.labelSmoothing, "The share of a target spread over the vocabulary.", .range(0..<1)),
      Field(
        "regularize", \.regularize, "Against forgetting: original keeps the model near its distribution as it was."),
      Field("regularize-strength", \.regularizeStrength, "How much that counts beside the loss.", .above(0)),
      Field(
        "embedding-noise", \.embeddingNoise, "NEFTune's alpha, such as 5: noise on the tokens' vectors; 0 for none.",
        .range(0...)),
      Field(
        "average", \.average,
        "Decay of an average of the weights, such as 0.999, which is evaluated and kept; empty for none.", .range(0..<1)
      ),
      Field("dtype", \.dtype, "The type of the weights; bf16 is trained through fp32 masters."),
      Field("seed", \.seed, "Where random numbers begin: starting weights, dropout.", .range(0...)),
      Field("device", \.device, "Where to compute: cpu, cuda, cuda:N, mps or auto."),
    ]
  }
}
