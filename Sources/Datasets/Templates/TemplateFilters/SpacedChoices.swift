import OrchardJSON

extension TemplateFilter {
  /// Followed: the prompts of Kojima and others, 2022, for AQuA.
  static let spacedChoices = TemplateFilter(
    "spaced-choices", "Choices that carry their letters, as A)5, with space around every bracket.",
    takes: "a list of texts"
  ) { value in
    guard let list = value.array else { return nil }
    let texts = list.compactMap(\.string)
    guard texts.count == list.count else { return nil }
    return .string(texts.map { "(" + $0 }.joined().replacing("(", with: " (").replacing(")", with: ") "))
  }
}
