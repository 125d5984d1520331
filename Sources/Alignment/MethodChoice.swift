import OrchardDatasets
import OrchardSettings
import OrchardTraining

/// Settings of a method that a run can learn by.
public protocol MethodSettings: SettingsGroup {
  /// The method, which reads rows by `preferences` if it learns from several answers to a prompt.
  func method(_ preferences: PreferenceSettings) -> any TrainingMethod
}

/// By what a run learns.
public struct MethodChoice: SettingsChoice {
  /// The kinds.
  public static var catalog: Catalog<any SettingsGroup.Type> { Methods.catalog }
  /// The chosen kind's settings.
  public let settings: any SettingsGroup

  /// A choice.
  public init(_ settings: any SettingsGroup) { self.settings = settings }

  /// The method.
  func method(_ preferences: PreferenceSettings) -> any TrainingMethod {
    guard let settings = settings as? any MethodSettings else {
      preconditionFailure("the catalog of methods has “\(kind)”, which makes none")
    }
    return settings.method(preferences)
  }
}

/// Every method there is: one file in `Methods/` and one line here each.
public enum Methods {
  /// The kinds by name.
  public static let catalog = Catalog<any SettingsGroup.Type>(
    of: "method",
    [
      .init("fine-tune", "Completions are learned as they are.", FineTuneSettings.self),
      .init("reward", "A reward model: a score for answers, from pairs and rankings.", RewardSettings.self),
      .init("classify", "A classifier: texts, or pairs of texts, sorted by labels.", ClassifySettings.self),
      .init("ppo", "Proximal policy optimisation: the model's own answers, by what they are worth.", PPOSettings.self),
      .init(
        "grpo", "Group relative policy optimisation: answers to a prompt, compared with each other.", GRPOSettings.self),
      .init("rloo", "Leave-one-out Reinforce: the same, with whole answers as the unit.", RLOOSettings.self),
      .init("best-of", "Rejection sampling: of several answers to a prompt the best are learned.", BestOfSettings.self),
      .init("dpo", "Direct preference optimisation: pairs, near the original.", DPOSettings.self),
      .init("ipo", "Identity preference optimisation: pairs, with a goal for their margin.", IPOSettings.self),
      .init("kto", "Kahneman-Tversky optimisation: answers that are each good or bad.", KTOSettings.self),
      .init("orpo", "Odds ratio preference optimisation: fine-tuning and pairs in one.", ORPOSettings.self),
      .init("simpo", "Simple preference optimisation: pairs, without an original.", SimPOSettings.self),
    ])
}
