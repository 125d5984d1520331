import OrchardJSON

/// What one training step did.
public struct StepReport: Sendable {
  /// Steps taken, this one included.
  public let step: Int
  /// Steps of the whole run.
  public let totalSteps: Int
  /// The mean loss of the step's units: of supervised tokens in nats, of pairs of answers as the method has it.
  public let loss: Double
  /// The norm of all gradients together, before clipping.
  public let gradientNorm: Double
  /// The learning rate of this step.
  public let learningRate: Double
  /// Passes over the data so far.
  public let epochs: Double
  /// Tokens of the step that are no padding.
  public let tokens: Int
  /// Supervised tokens of the step.
  public let supervisedTokens: Int
  /// Seconds that the step took.
  public let seconds: Double
  /// The mean loss of each task of a mixture that the step has tokens of; empty where there is one task.
  public internal(set) var tasks: [TaskLoss] = []
  /// What the method tells of the step beside its loss.
  public internal(set) var figures: [NamedFigure] = []
  /// What an evaluation after this step found.
  public internal(set) var evaluation: EvaluationReport?
  /// How the held-out tasks were scored, before the first step and after this one.
  public internal(set) var heldOut: [HeldOutReport] = []
  /// Whether a checkpoint was written after this step.
  public internal(set) var isSaved = false

  /// The figures by name.
  public var json: JSONValue {
    var json = JSONObject([
      ("step", .integer(step)), ("loss", .number(loss)), ("gradient_norm", .number(gradientNorm)),
      ("learning_rate", .number(learningRate)), ("epochs", .number(epochs)), ("tokens", .integer(tokens)),
      ("supervised_tokens", .integer(supervisedTokens)), ("seconds", .number(seconds)),
    ])
    if !tasks.isEmpty { json["training_losses"] = TaskLoss.json(tasks) }
    if !figures.isEmpty { json["training_figures"] = NamedFigure.json(figures) }
    return .object(json)
  }
}

/// What an evaluation in the middle of a run found.
public struct EvaluationReport: Sendable {
  /// Steps taken then.
  public let step: Int
  /// The mean loss of the validation set's units, such as supervised tokens in nats.
  public let loss: Double
  /// That of each task, where there are several.
  public let tasks: [TaskLoss]
  /// What the method tells of the validation set beside its loss.
  public let figures: [NamedFigure]
  /// Whether it is the lowest so far.
  public let isBest: Bool
  /// Answers to validation rows.
  public let samples: [Sample]

  /// One row, what the data says, and what the model says.
  public struct Sample: Sendable {
    /// The prompt as the model read it.
    public let prompt: String
    /// The data's completion.
    public let reference: String
    /// The model's.
    public let answer: String
    /// What the original answers, where a method compares with it.
    public let original: String?
    /// What is told of the answer.
    public let figures: [NamedFigure]

    /// A row with its answers.
    public init(
      prompt: String, reference: String, answer: String, original: String? = nil, figures: [NamedFigure] = []
    ) {
      self.prompt = prompt
      self.reference = reference
      self.answer = answer
      self.original = original
      self.figures = figures
    }

    var json: JSONValue {
      var json = JSONObject([
        ("prompt", .string(prompt)), ("reference", .string(reference)), ("answer", .string(answer)),
      ])
      if let original { json["original"] = .string(original) }
      if !figures.isEmpty { json["figures"] = NamedFigure.json(figures) }
      return .object(json)
    }
  }

  /// The figures by name.
  public var json: JSONValue {
    var json = JSONObject([
      ("step", .integer(step)), ("validation_loss", .number(loss)), ("is_best", .bool(isBest)),
    ])
    if !tasks.isEmpty { json["task_losses"] = TaskLoss.json(tasks) }
    if !figures.isEmpty { json["validation_figures"] = NamedFigure.json(figures) }
    return .object(json)
  }
}

/// The mean loss of one task, in nats.
public struct TaskLoss: Sendable, Equatable {
  /// The task.
  public let task: String
  /// Its loss.
  public let loss: Double

  /// Losses by the tasks' names.
  static func json(_ losses: [TaskLoss]) -> JSONValue {
    .object(JSONObject(losses.map { ($0.task, .number($0.loss)) }))
  }
}
