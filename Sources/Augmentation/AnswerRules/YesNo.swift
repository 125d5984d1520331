extension AnswerRules {
  static let yesNo = Kind(
    "yes-no", "The word yes or no, whatever its capitals.",
    AnswerRule(request: "the answer (Yes or No) is", comparable: { $0.lowercased() }) { text in
      let parting: Set<Character> = ["\"", "'", "\n", ".", ":", ","]
      return text.lowercased().split { parting.contains($0) || $0.isWhitespace }.map(String.init)
        .filter { $0 == "yes" || $0 == "no" }
    })
}
