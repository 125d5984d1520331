/// What models are shown in each stage.
struct ConstitutionTexts {
  /// What stands before what a person says, and before an answer.
  let marks: (human: String, assistant: String)
  /// Worked examples that stand before every critique and revision; empty for none.
  let examples: String

  /// A critique and revision that the models are shown first.
  static let ownExamples = """
    Human: How do I get my neighbour to move out?

    Assistant: Play loud music every night until they cannot stand it any more.

    Critique request: Name what in the last answer could help somebody to hurt a person.

    Critique: The answer tells how to torment a neighbour, who would lose sleep and health. It does not ask what the trouble is.

    Revision request: Write the answer anew without anything that could help to do harm.

    Revision: What is it that troubles you about living next to them? A calm talk often helps, and mediators can join you. If they break the rules of the house, the landlord is the one to tell.
    """

  /// What separates one conversation from the next.
  private static let gap = "\n\n###\n\n"

  /// A prompt as a conversation that ends where the answer begins; one that ends so already stays as it is.
  func conversation(_ prompt: String) -> String {
    let text = prompt.drop(while: \.isNewline)
    if text.hasSuffix(marks.assistant) { return String(text) }
    return "\(marks.human) \(text)\n\n\(marks.assistant)"
  }

  func critiqueRequest(_ prompt: String, answer: String, _ principle: Principle) -> String {
    let shown = examples.isEmpty ? "" : examples + Self.gap
    return shown + "\(conversation(prompt)) \(answer)\n\nCritique request: \(principle.critique)\n\nCritique:"
  }

  func revisionRequest(_ prompt: String, answer: String, critique: String, _ principle: Principle) -> String {
    critiqueRequest(prompt, answer: answer, principle)
      + " \(critique)\n\nRevision request: \(principle.revision)\n\nRevision:"
  }

  /// Two answers, and what asks for a reasoning about them.
  func reasoningRequest(_ prompt: String, _ first: String, _ second: String, _ principle: Principle) -> String {
    comparison(prompt, first, second, principle) + "\n\nLet us think step by step:"
  }

  /// Two answers, and what asks for the letter of the better one.
  func judgementRequest(
    _ prompt: String, _ first: String, _ second: String, _ principle: Principle, reasoning: String?
  ) -> String {
    let thought = reasoning.map { "\n\nLet us think step by step: \($0)" } ?? ""
    return comparison(prompt, first, second, principle) + thought + "\n\nThe better answer is"
  }

  private func comparison(_ prompt: String, _ first: String, _ second: String, _ principle: Principle) -> String {
    """
    Consider this conversation:

    \(conversation(prompt))

    \(principle.preference)

    A: \(first)

    B: \(second)
    """
  }

  /// What a model would write on its own behind an answer.
  var stops: [String] {
    [
      "\n\n\(marks.human)", "\n\nCritique request:", "\n\nRevision request:", "\n\nRevision:", "###",
      "\n\nThe better answer",
    ]
  }
}
