/// One thing that is wrong in a recipe.
public struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where it stands.
  public let place: SettingsPlace
  /// The dotted key, such as `training.learning-rate`; empty where the whole text is meant.
  public let key: String
  /// What is wrong and what was expected.
  public let problem: String

  /// A problem at a place.
  public init(place: SettingsPlace, key: String = "", problem: String) {
    self.place = place
    self.key = key
    self.problem = problem
  }

  /// One sentence for people: `recipe.yaml, line 3: training.steps is “many”, where …`.
  public var description: String {
    let said = key.isEmpty ? problem : "\(key) \(problem)"
    return place.text.isEmpty ? said : "\(place.text): \(said)"
  }
}

/// Everything that is wrong with a recipe, told at once.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
  /// The problems in the order of the recipe.
  public let problems: [SettingsProblem]

  /// An error of at least one problem.
  public init(_ problems: [SettingsProblem]) { self.problems = problems }

  /// An error of one problem.
  public init(place: SettingsPlace = SettingsPlace(), key: String = "", problem: String) {
    problems = [SettingsProblem(place: place, key: key, problem: problem)]
  }

  /// One line a problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
