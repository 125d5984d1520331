import OrchardAdapters
import OrchardDatasets
import OrchardSettings

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
  /// Whether a layer's activations are computed a second time in the backward pass, rather than kept for it.
  public var recomputeActivations = false
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
  public var complaints: [SettingsComplaint] { dataComplaints + idleComplaints + adapterComplaints }

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

  /// What would have no effect, because what it shapes is not there.
  private var idleComplaints: [SettingsComplaint] {
    let hasValidation = watch.validation != nil || tasks.values.contains { $0.validation != nil }
    let idle = [
      ("mixture", tasks.isEmpty && mixture != MixtureSettings(), "mixes tasks, and none are named; leave it out"),
      ("prompt", !tasks.isEmpty && prompt != PromptSettings(), "stands beside tasks; each task has its own prompt"),
      (
        "tasks", mixture.by == .proportional && tasks.values.contains { $0.weight != 1 },
        "have weights, which count by mixture.by: weights alone; set that as well"
      ),
      ("length", length.patience != nil && !hasValidation, "has patience, which needs a validation set; name one"),
      (
        "watch", watch.scoreEvery != nil && watch.tasks.isEmpty,
        "has score-every, and no tasks that are scored; name some under watch.tasks"
      ),
      (
        "regularize-strength", regularize == .none && regularizeStrength != 1,
        "has no effect without regularize: original; set that as well"
      ),
    ]
    return idle.filter(\.1).map { SettingsComplaint($0.0, $0.2) }
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
        "What is learned beside the weights, which then stay: lora, ia3, bottleneck, prefix, p-tuning, prompt; empty trains these."
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
      Field(
        "recompute-activations", \.recomputeActivations,
        "Whether activations are computed again in the backward pass: less memory, half as much time again."),
      Field("dtype", \.dtype, "The type of the weights; bf16 is trained through fp32 masters."),
      Field("seed", \.seed, "Where random numbers begin: starting weights, dropout.", .range(0...)),
      Field("device", \.device, "Where to compute: cpu, cuda, cuda:N, mps or auto."),
    ]
  }
}
