import ArgumentParser
import OrchardAugmentation
import OrchardSettings

/// How a model is led to an answer, and how the answer is read.
struct ReasoningOptions: ParsableArguments {
  @Option(
    help: """
      How the model is led: none (the template's prompt), direct (it begins a bare answer), zero-shot (it reasons, and \
      is asked again for the bare answer), few-shot (worked examples reason).
      """)
  var chainOfThought = ChainOfThought.none

  @Option(help: "Chains of thought that vote on each answer (self-consistency); needs a draw, as --temperature 0.7.")
  var votes = 1

  @Option(
    help: ArgumentHelp(
      "How the answer is found in the text. (default: the template's, else text)",
      discussion: AnswerRules.catalog.helpText, valueName: "rule"))
  var answerRule: String?

  @Option(help: "Zero-shot: how the reasoning begins. (default: Let's think step by step.)")
  var trigger: String?

  @Option(help: "Zero-shot: what asks for the bare answer. (default: the answer rule's own sentence)")
  var extraction: String?

  @Option(help: "What announces the answer behind a reasoning. (default: The answer is)")
  var marker: String?

  @Option(help: "Zero-shot: most tokens of the bare answer.")
  var answerTokens = 32

  func validate() throws {
    for (name, value) in [("votes", votes), ("answer-tokens", answerTokens)] where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if chainOfThought != .zeroShot, trigger != nil || extraction != nil {
      throw ValidationError("--trigger and --extraction belong to --chain-of-thought zero-shot.")
    }
    if let answerRule {
      do {
        _ = try AnswerRules.find(answerRule)
      } catch { throw ValidationError("--answer-rule: \(error)") }
    }
  }

  /// These options as settings.
  var settings: ReasoningSettings {
    var settings = ReasoningSettings()
    settings.chainOfThought = chainOfThought
    settings.votes = votes
    settings.answerRule = answerRule
    settings.extraction = extraction
    settings.answerTokens = answerTokens
    if let trigger { settings.trigger = trigger }
    if let marker { settings.marker = marker }
    return settings
  }
}

extension ChainOfThought: ExpressibleByArgument {}
