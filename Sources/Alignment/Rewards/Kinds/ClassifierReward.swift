import Foundation
import OrchardEncoders
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// What a classifier's number of a label is taken for.
public enum LabelMeasure: String, NamedChoice {
  /// The number before it becomes a probability, which still tells apart what is all but sure.
  case logit
  /// Its natural logarithm, at most 0.
  case logProbability = "log-probability"
  /// From 0 to 1.
  case probability
}

/// What a classifier reads of an answered prompt.
public enum ClassifiedPart: String, NamedChoice {
  /// The answer alone.
  case answer
  /// The prompt and the answer as one text.
  case both
}

/// A classifier's verdict on a text.
public struct ClassifierRewardSettings: RewardSourceSettings {
  /// The folder: a run's, a model's or an adapter's.
  public var folder = "runs/classifier"
  /// The label that is wanted.
  public var label = "positive"
  /// What is taken of it.
  public var measure = LabelMeasure.probability
  /// What it reads.
  public var reads = ClassifiedPart.answer
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How sure a classifier is of a label."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field(
        "folder", \.folder,
        "What method: classify has trained, or another classifier: a run's, a model's or an adapter's.",
        required: true),
      Field("label", \.label, "The label that is wanted; with a weight below 0 unwanted.", required: true),
      Field("measure", \.measure, "What is taken of it."),
      Field("reads", \.reads, "What it reads: the answer, or prompt and answer as one text."),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// The reward.
  public func make(on device: Device) throws -> any AnswerReward {
    let trained = try TrainedClassifier(folder: URL(filePath: folder), on: device)
    guard let number = trained.model.labels.firstIndex(of: label) else {
      let hint = NearestName.suggestion(for: label, in: trained.model.labels)
      throw AlignmentError(
        "\(folder): the classifier has no label “\(label)”\(hint); it has \(trained.model.labels.joined(separator: ", "))"
      )
    }
    guard trained.model.problem != .regression || measure == .logit else {
      throw AlignmentError(
        "\(folder): the classifier gives numbers (problem_type: regression), which are no probabilities; take measure: logit"
      )
    }
    return ClassifierReward(
      classifier: TextClassifier(trained.model, trained.tokenizer), label: number, settings: self)
  }
}

private struct ClassifierReward: AnswerReward {
  let classifier: TextClassifier
  let label: Int
  let settings: ClassifierRewardSettings

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    // An empty answer is read as a space: tokenizers without special tokens make nothing of it.
    let texts = answers.map { answer in
      let text = settings.reads == .answer ? answer.answer : answer.prompt + answer.answer
      return classifier.encode(text.isEmpty ? " " : text)
    }
    return try classifier.numbers(texts) { logits in
      switch settings.measure {
      case .logit: logits
      case .logProbability: classifier.model.problem == .multiLabel ? logits.logSigmoid : logits.logSoftmax()
      case .probability: classifier.model.scores(logits)
      }
    }.map { Double($0[label]) }
  }
}
