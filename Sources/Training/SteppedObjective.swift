import OrchardAdapters
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// An objective whose step first works on what was drawn, and then learns from it by several updates of the weights: policy
/// optimisation, which has a model answer prompts and learns from what the answers are worth.
public protocol SteppedObjective: Objective, AnyObject {
  /// What it learns beside the model's weights, or beside the adapter; it is kept with its `state`.
  var learned: [(name: String, parameter: Parameter)] { get }
  /// Further models that are learned in the run's type, each beside the model's weights or upon them.
  var learnedModels: [LearnedModel] { get }
  /// The greatest batch that gradients are computed for where one of this shape is drawn.
  func computed(_ drawn: BatchShape) -> BatchShape
  /// Begins a step with what was drawn.
  ///
  /// - Throws: The error of what it works with.
  func begin(_ batches: [SequenceBatch], step: Int) throws
  /// The loss of the step's next update, with its gradients; nil where the step is done.
  func nextLoss() throws -> Tensor?
  /// What the step came to.
  var outcome: StepOutcome { get }
  /// What is found for held-out rows, without learning.
  ///
  /// - Throws: The error of what it works with.
  func evaluate(_ batches: [SequenceBatch]) throws -> SteppedFindings
  /// Whether the goal is reached, so that the run ends before its last step.
  var isDone: Bool { get }
}

extension SteppedObjective {
  /// None.
  public var learnedModels: [LearnedModel] { [] }
}

/// A model that is learned beside the run's own: a second adapter upon the same weights, or weights of its own.
public struct LearnedModel {
  /// What its weights' names begin with.
  public let name: String
  /// The model.
  public let model: any TrainableModel
  /// What is learned of it; nil for all of it.
  public let adapter: Adapter?

  /// A model with the beginning of its weights' names.
  public init(name: String, model: any TrainableModel, adapter: Adapter?) {
    (self.name, self.model, self.adapter) = (name, model, adapter)
  }
}

/// What an objective of several updates finds for held-out rows.
public struct SteppedFindings {
  /// The sum of losses, and of how many rows.
  public var loss: FigureSum
  /// A sum for each of the objective's figures.
  public var figures: [FigureSum]
  /// Answers, the most telling ones first.
  public var samples: [EvaluationReport.Sample]

  /// Findings.
  public init(loss: FigureSum, figures: [FigureSum], samples: [EvaluationReport.Sample]) {
    self.loss = loss
    self.figures = figures
    self.samples = samples
  }
}

/// What a step of several updates came to.
public struct StepOutcome {
  /// The mean loss of the updates.
  public var loss = 0.0
  /// A sum for each of the objective's figures.
  public var figures: [FigureSum] = []
  /// Tokens that were learned from.
  public var learnedTokens = 0
  /// Tokens that were computed, those of prompts included.
  public var tokens = 0

  /// Nothing yet.
  public init() {}
}
