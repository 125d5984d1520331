extension AnswerRules {
  static let lastNumber = Kind("last-number", "The last number, wherever it stands.", numbers(.last))
}
