import OrchardDatasets
import OrchardGeneration
import OrchardModels

/// What of a prompt fits a model's context, told in numbers.
public struct PromptRoom {
  private let generator: TextGenerator
  /// The most tokens of a prompt with its answer; nil where there is no bound.
  private let context: Int?

  /// The room of a generator's model.
  public init(_ generator: TextGenerator) {
    self.generator = generator
    context = generator.model.properties.contextLength
  }

  /// Checks that a prompt, its worked examples included, leaves room for an answer.
  ///
  /// - Throws: `AugmentationError` with the numbers, and with how many examples would fit.
  public func check(_ prompt: String, _ row: DataRow, examples: [DataRow], prompts: ReasoningPrompts) throws {
    guard let context else { return }
    let isDecoder = generator.model.properties.kind == .decoderOnly
    let request = prompts.asksTwice ? count(prompts.answerRequest) + prompts.settings.answerTokens : 0
    let kept = isDecoder ? request + 1 : 0
    let length = count(prompt)
    guard length + kept > context else { return }
    var message =
      "\(row.file), line \(row.line): the prompt has \(length) tokens, but the model's context holds \(context)"
    if kept > 1 { message += ", of which \(kept) are kept for the answer" }
    guard !examples.isEmpty else { throw AugmentationError(message + "; shorten the question") }
    // The last examples stand nearest to the question; fewer shots keep the first of a choice.
    var fitting = examples.count - 1
    while fitting >= 0, count(try prompts.prompt(row, examples: Array(examples.prefix(fitting)))) + kept > context {
      fitting -= 1
    }
    message += "; with \(examples.count) worked examples it is too long"
    throw AugmentationError(
      fitting < 0
        ? message + ", and the question alone is so too"
        : message + ", \(fitting == 0 ? "none" : "\(fitting)") would fit: lower the shots")
  }

  /// The prompt that asks for the bare answer, the reasoning cut at its end where all would not fit.
  func answerPrompt(_ prompt: String, reasoning: String, prompts: ReasoningPrompts) -> (text: String, isCut: Bool) {
    var text = prompts.answerPrompt(prompt, reasoning: reasoning)
    guard let context else { return (text, false) }
    let kept = generator.model.properties.kind == .decoderOnly ? prompts.settings.answerTokens : 0
    var rest = Substring(reasoning)
    while !rest.isEmpty, count(text) + kept > context {
      rest = rest.dropLast(max(1, rest.count / 16))
      text = prompts.answerPrompt(prompt, reasoning: String(rest))
    }
    return (text, rest.count < reasoning.count)
  }

  private func count(_ text: String) -> Int { generator.tokens(of: text).count }
}
