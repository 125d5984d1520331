import OrchardSettings

extension AnswerRules {
  /// Followed: Kojima and others, 2022.
  static let choiceAnywhere = Kind(
    "choice-anywhere", "A choice's letter wherever the capital stands, in words too; choice-anywhere:A-D likewise."
  ) { argument throws(SettingsError) in
    let letters = try Letters(argument, rule: "choice-anywhere")
    return AnswerRule(request: letters.request, comparable: comparableChoice) { letters.places(in: $0).map(\.letter) }
  }
}
