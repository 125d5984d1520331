extension AnswerRules {
  static let letters = Kind(
    "letters", "All letters together: quotes, full stops and white space left out, as for last letters of words.",
    AnswerRule(candidates: { text in
      let kept = text.filter { !"\"'.".contains($0) && !$0.isWhitespace }
      return kept.isEmpty ? [] : [kept]
    }))
}
