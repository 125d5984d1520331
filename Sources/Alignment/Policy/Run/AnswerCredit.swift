import OrchardDatasets
import OrchardLayers
import OrchardTensors
import OrchardTraining

/// What the worth of answers teaches about their tokens: what PPO, GRPO, RLOO and rejection sampling differ in.
protocol AnswerCredit: AnyObject {
  /// What is learned beside the model's weights.
  var learned: [(name: String, parameter: Parameter)] { get }
  /// Whole models, or adapters of their own, that are learned beside it.
  var learnedModels: [LearnedModel] { get }
  /// What a nat of divergence from the original costs at present.
  var price: Double { get }
  /// The names of what is told of updates, in the order of `PolicyUpdate.figures`.
  var updateFigures: [String] { get }
  /// The names of what is told of a step's answers when it ends, in the order of `told`.
  var stepFigures: [String] { get }
  /// What updates learn from.
  func experience(_ judged: JudgedAnswers) -> Experience
  /// The loss of an update over some of the answers, whose tokens the model has computed anew.
  func update(_ part: Experience, _ tokens: TokenLogProbabilities) -> PolicyUpdate
  /// The loss of answers that teach nothing, over everything that gradients are computed for: what memory is measured by.
  func idleLoss(_ tokens: TokenLogProbabilities, of batch: SequenceBatch) -> Tensor
  /// What is told of a step's answers.
  func told(_ experience: Experience) -> [FigureSum]
  /// Takes note of how far the policy was from the original in a step.
  func follow(divergence: Double, answers: Int)
  /// What an interrupted run needs beside weights.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Takes it back.
  func restore(_ state: (String) -> Tensor?)
}

/// What most kinds of credit do without.
extension AnswerCredit {
  var learned: [(name: String, parameter: Parameter)] { [] }
  var learnedModels: [LearnedModel] { [] }
  var stepFigures: [String] { [] }
  func told(_ experience: Experience) -> [FigureSum] { [] }
  func idleLoss(_ tokens: TokenLogProbabilities, of batch: SequenceBatch) -> Tensor { tokens.values.sum }
  func follow(divergence: Double, answers: Int) {}
  var state: [(name: String, tensor: Tensor)] { [] }
  func restore(_ state: (String) -> Tensor?) {}
}
