import Foundation
import OrchardDatasets
import OrchardSettings

/// Puts rows to a model so that it reasons, and reads what it answers: all of it but the model.
///
/// Followed: Wei and others, Chain-of-Thought Prompting Elicits Reasoning in Large Language Models, 2022; Kojima and
/// others, Large Language Models are Zero-Shot Reasoners, 2022.
public struct ReasoningPrompts: Sendable {
  /// How the model is led.
  public let settings: ReasoningSettings
  /// What makes prompts of rows.
  public let composer: PromptComposer
  /// How answers are read.
  public let rule: AnswerRule
  /// The rule's name, with what stands behind its colon.
  public let ruleName: String
  private let shots: Int

  /// Prompts of `composer`'s template, behind `shots` worked examples.
  ///
  /// - Throws: `SettingsError` for an unknown rule, `AugmentationError` for few-shot reasoning without examples.
  public init(_ settings: ReasoningSettings, composer: PromptComposer, shots: Int) throws {
    self.settings = settings
    self.composer = composer
    self.shots = shots
    let own = composer.template.answerRule
    ruleName = settings.answerRule ?? (own.isEmpty ? "text" : own)
    rule = try AnswerRules.find(ruleName)
    if settings.chainOfThought == .fewShot, shots == 0 {
      throw AugmentationError(
        "few-shot chain of thought needs worked examples with their reasoning: give shots and the file of examples, "
          + "or take zero-shot")
    }
  }

  /// What a model reads first.
  ///
  /// - Throws: `DataError` where a row lacks a field; `AugmentationError` for an example without reasoning.
  public func prompt(_ row: DataRow, examples: [DataRow]) throws -> String {
    if settings.chainOfThought == .fewShot { try examples.forEach(checkReasoning) }
    let text = try composer.prompt(row, examples: examples, wantsCompletion: false).text
    switch settings.chainOfThought {
    case .none, .fewShot: return text
    case .zeroShot: return text + composer.template.answerSeparator + settings.trigger
    case .direct:
      return text + composer.template.answerSeparator + rule.request.prefix(1).uppercased() + rule.request.dropFirst()
    }
  }

  /// What a model reads second, behind its own reasoning: a request for the bare answer.
  public func answerPrompt(_ prompt: String, reasoning: String) -> String { prompt + reasoning + answerRequest }

  /// What stands between a reasoning and the bare answer.
  var answerRequest: String { " " + (settings.extraction.map { "\n" + $0 } ?? "\nTherefore, \(rule.request)") }

  /// Whether the bare answer is asked for in a second prompt.
  public var asksTwice: Bool { settings.chainOfThought == .zeroShot }

  /// The answer in what a model wrote last, or nil where the rule finds none.
  public func read(_ text: String) -> String? {
    switch settings.chainOfThought {
    case .zeroShot, .direct: return rule.read(text, marker: nil)
    case .fewShot: return rule.read(text, marker: settings.marker)
    case .none:
      // Without a word on how to answer, an answer comes first; behind worked examples it is put as theirs are.
      let isAnnounced = text.range(of: settings.marker, options: .caseInsensitive) != nil
      return rule.read(text, marker: shots > 0 || isAnnounced ? settings.marker : nil)
    }
  }

  /// The right answer to a row, as the rule reads it.
  ///
  /// - Throws: `DataError` where the row holds none.
  public func rightAnswer(_ row: DataRow) throws(DataError) -> String {
    let text = try composer.answer(row)
    return rule.read(text, marker: settings.marker) ?? text
  }

  /// An example whose completion is the bare answer teaches no reasoning.
  private func checkReasoning(_ example: DataRow) throws {
    let answer = try composer.answer(example)
    var rest = try composer.prompt(example).completion ?? ""
    while let last = rest.last, !last.isLetter, !last.isNumber, !rest.hasSuffix(answer) { rest.removeLast() }
    if rest.hasSuffix(answer) { rest.removeLast(answer.count) }
    rest = rest.replacing(settings.marker, with: "")
    if rest.contains(where: { $0.isLetter || $0.isNumber }) { return }
    throw AugmentationError(
      "\(example.file), line \(example.line): the worked example holds no reasoning, only the answer “\(answer)”; "
        + "few-shot chain of thought needs a template whose completion has a rationale, such as “reasoning”")
  }
}
