import Foundation
import OrchardAdapters
import OrchardSettings
import OrchardTensors
import OrchardTraining

/// An answer to a prompt, as texts.
public struct AnsweredPrompt: Sendable {
  /// The prompt as the model read it.
  public var prompt: String
  /// The answer without special tokens.
  public var answer: String
  /// What the data has as the answer; nil where it has none, or no reward needs it.
  public var reference: String?

  /// An answered prompt.
  public init(prompt: String, answer: String, reference: String? = nil) {
    self.prompt = prompt
    self.answer = answer
    self.reference = reference
  }
}

/// What answers are worth.
public protocol AnswerReward {
  /// The worth of each answer: the higher the better.
  ///
  /// - Throws: An error that says what went wrong.
  func scores(_ answers: [AnsweredPrompt]) throws -> [Double]
}

/// Settings of a reward.
public protocol RewardSourceSettings: SettingsGroup {
  /// How much it counts beside others.
  var weight: Double { get }
  /// Whether answers are held against what the data has as the answer.
  var needsReference: Bool { get }
  /// The reward.
  ///
  /// - Throws: An error that names the file that is wrong or missing.
  func make(on device: Device) throws -> any AnswerReward
  /// The reward beside a model that is being aligned.
  ///
  /// - Throws: An error that names the file that is wrong or missing.
  func make(beside policy: PolicyPlace) throws -> any AnswerReward
}

/// A model that is being aligned, as far as a reward model can stand upon the same weights.
public struct PolicyPlace {
  /// Where it is computed.
  public let device: Device
  /// What it learns beside its weights, and the folder of these; nil where the weights themselves are learned.
  public let adapter: (learned: Adapter, base: URL)?

  /// The place of a model in training.
  public init(_ trained: TrainedModel, on device: Device) {
    self.device = device
    adapter = trained.adapter.map { ($0, trained.source) }
  }
}

extension RewardSourceSettings {
  /// Most rewards look at prompt and answer alone.
  public var needsReference: Bool { false }

  /// Most rewards need nothing of the model that is being aligned.
  public func make(beside policy: PolicyPlace) throws -> any AnswerReward { try make(on: policy.device) }
}

/// One of the rewards that are added up.
public struct RewardSource: SettingsChoice, Sendable {
  /// The kinds.
  public static var catalog: Catalog<any SettingsGroup.Type> { RewardSources.catalog }
  /// The chosen kind's settings.
  public let settings: any SettingsGroup

  /// A choice.
  public init(_ settings: any SettingsGroup) { self.settings = settings }

  /// Whether answers are held against what the data has as the answer.
  var needsReference: Bool { (settings as? any RewardSourceSettings)?.needsReference ?? false }
}

/// Every reward there is: one file in `Kinds/` and one line here each.
public enum RewardSources {
  /// The kinds by name.
  public static let catalog = Catalog<any SettingsGroup.Type>(
    of: "reward",
    [
      .init("model", "A reward model that method: reward has trained.", ModelRewardSettings.self),
      .init(
        "classifier", "The probability of a label that method: classify has learned.", ClassifierRewardSettings.self),
      .init("words", "Words that are wanted, or with a weight below 0 unwanted.", WordRewardSettings.self),
      .init("rouge", "ROUGE against the row's own completion.", ReferenceRewardSettings.self),
      .init("pattern", "A form that a regular expression describes.", PatternRewardSettings.self),
      .init("program", "A program's exit code.", ProgramRewardSettings.self),
      .init("endpoint", "What a server says.", EndpointRewardSettings.self),
      .init("length", "A number of words that answers are to have.", LengthRewardSettings.self),
    ])
}

/// Several rewards, each times its weight, added up.
public struct RewardSum: AnswerReward {
  private let parts: [(weight: Double, reward: any AnswerReward)]

  /// The sum of what sources give.
  ///
  /// - Throws: An error that names the file that is wrong or missing.
  public init(_ sources: [RewardSource], on device: Device) throws {
    try self.init(sources) { try $0.make(on: device) }
  }

  /// The same beside a model that is being aligned, whose weights a reward model may share.
  ///
  /// - Throws: An error that names the file that is wrong or missing.
  public init(_ sources: [RewardSource], beside policy: PolicyPlace) throws {
    try self.init(sources) { try $0.make(beside: policy) }
  }

  private init(_ sources: [RewardSource], make: (any RewardSourceSettings) throws -> any AnswerReward) throws {
    parts = try sources.map { source in
      guard let settings = source.settings as? any RewardSourceSettings else {
        preconditionFailure("the catalog of rewards has “\(source.kind)”, which makes none")
      }
      return (settings.weight, try make(settings))
    }
  }

  /// The sums.
  ///
  /// - Throws: `AlignmentError` where one is no number, with the answer.
  public func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    var sums = [Double](repeating: 0, count: answers.count)
    for part in parts {
      for (number, score) in try part.reward.scores(answers).enumerated() {
        guard score.isFinite else {
          throw AlignmentError(
            "a reward gave no number (\(score)) for the answer “\(answers[number].answer.prefix(80))”; look at the reward "
              + "before anything learns from it")
        }
        sums[number] += part.weight * score
      }
    }
    return sums
  }
}

/// What went wrong in an alignment run, and what to do.
public struct AlignmentError: Error, CustomStringConvertible {
  /// One or two sentences for people.
  public let description: String

  /// An error with its text.
  public init(_ description: String) { self.description = description }
}
