import OrchardSettings

/// What people are asked about the answers to a prompt.
public struct FeedbackQuestion: Sendable, Equatable {
  /// What a person does with the answers.
  public enum Task: String, NamedChoice {
    /// They are put in order, the best first; ties may stand.
    case rank
    /// Each is good or bad.
    case thumbs
    /// The best text is written, from one of them.
    case correct
  }

  /// The name, such as the criterion.
  public let name: String
  /// What is done.
  public let task: Task
  /// What raters are told, in a sentence or two.
  public let instruction: String

  /// A question.
  public init(name: String, task: Task, instruction: String) {
    self.name = name
    self.task = task
    self.instruction = instruction
  }

  /// A question about one of the criteria that need no explanation, or about one that `instruction` explains.
  ///
  /// - Throws: `FeedbackError` where the criterion is not known and there is no instruction.
  public init(criterion: String, task: Task, instruction: String?) throws {
    guard let text = instruction ?? Self.known[criterion] else {
      throw FeedbackError(
        "the criterion “\(criterion)” needs an instruction, which raters are shown; without one there are "
          + Self.known.keys.sorted().joined(separator: ", "))
    }
    self.init(name: criterion, task: task, instruction: text)
  }

  /// The criteria that are known with their instructions.
  public static let known = [
    "helpfulness":
      "Prefer the answer that serves the person who asked best: it does what was asked, is right, clear, and no longer than it need be.",
    "honesty":
      "Prefer the answer that claims only what it can know: no invented facts, doubts where there are any, nothing left out to mislead.",
    "harmlessness":
      "Prefer the answer that could do the least harm to anyone: no insults, no help with hurting people, no bad advice.",
  ]
}
