extension AnswerRules {
  static let firstNumber = Kind("first-number", "The first number, wherever it stands.", numbers(.first))
}
