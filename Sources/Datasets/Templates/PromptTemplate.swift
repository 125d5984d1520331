import OrchardJSON
import OrchardSettings

/// How a row becomes a prompt and a completion; the same file serves training, prompting and evaluation.
///
/// A prompt is the instruction, the worked examples if any, and the row's own prompt:
///
///     instruction
///     instruction-separator
///     prompt(example 1) answer-separator completion(example 1) example-separator   … K times
///     prompt(row)
///
/// `{{name}}` stands for the row's field of that name, or for the template's own value of that name.
public struct PromptTemplate: SettingsGroup, Equatable {
  /// The name, for people.
  public var name = "summarise"
  /// What the template is for, in one line.
  public var about = ""
  /// What to do, said once, above everything; empty for no instruction.
  public var instruction = ""
  /// What is asked of one row.
  public var prompt = "{{prompt}}"
  /// What is to be answered.
  public var completion = "{{completion}}"
  /// Stands between the instruction and what follows.
  public var instructionSeparator = "\n\n"
  /// Stands between a prompt and its completion where a model continues its prompt.
  public var answerSeparator = " "
  /// Stands behind each worked example.
  public var exampleSeparator = "\n\n"
  /// Values for placeholders that a row has no field for.
  public var values: [String: String] = [:]
  /// What counts as the right answer, where that is less than the completion: the number without its rationale.
  public var answer = ""
  /// By which rule an answer is found in what a model writes; empty for none in particular.
  public var answerRule = ""

  /// A template that hands the fields `prompt` and `completion` on as they are.
  public init() {}

  /// A template.
  public init(
    name: String, about: String = "", instruction: String = "", prompt: String, completion: String,
    answerSeparator: String = " ", values: [String: String] = [:], answer: String = "", answerRule: String = ""
  ) {
    self.name = name
    self.about = about
    self.instruction = instruction
    self.prompt = prompt
    self.completion = completion
    self.answerSeparator = answerSeparator
    self.values = values
    self.answer = answer
    self.answerRule = answerRule
  }

  /// What the group is for.
  public static let help =
    "A prompt template. {{name}} stands for the row's field of that name, or for an entry of “values”; "
    + "{{name|filter}} for what a filter makes of it."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("name", \.name, "What the template is called."),
      Field("about", \.about, "What it is for, in one line."),
      Field("instruction", \.instruction, "What to do, said once above everything; \"\" for no instruction."),
      Field("prompt", \.prompt, "What is asked of one row.", required: true),
      Field("completion", \.completion, "What is to be answered.", required: true),
      Field("instruction-separator", \.instructionSeparator, "Between the instruction and what follows."),
      Field("answer-separator", \.answerSeparator, "Between a prompt and its completion, where a model continues."),
      Field("example-separator", \.exampleSeparator, "Behind each worked example."),
      Field("values", \.values, "Values for placeholders that a row has no field for."),
      Field("answer", \.answer, "What counts as the right answer, where that is less than the completion."),
      Field("answer-rule", \.answerRule, "By which rule orchard answer finds an answer in what a model writes."),
    ]
  }

  /// Placeholders that are broken.
  public var complaints: [SettingsComplaint] {
    let texts = [
      ("instruction", instruction), ("prompt", prompt), ("completion", completion), ("answer", answer),
    ]
    return texts.compactMap { name, text in
      TemplateText(text).mistake.map { SettingsComplaint(name, $0) }
    }
  }

  /// The SHA-256 of everything that decides what a model reads, 64 hexadecimal letters.
  ///
  /// It travels with checkpoints; the name, the description and how answers are judged do not count.
  public var hash: String {
    let entries = values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    let canonical: JSONValue = [
      "version": 1, "instruction": .string(instruction), "prompt": .string(prompt), "completion": .string(completion),
      "instruction-separator": .string(instructionSeparator), "answer-separator": .string(answerSeparator),
      "example-separator": .string(exampleSeparator), "values": .object(JSONObject(entries)),
    ]
    return SHA256.hex(of: canonical.text)
  }

  /// Whether nothing is asked: the template of plain texts, which are continued as they are.
  public var isPlainText: Bool { prompt.isEmpty && instruction.isEmpty }

  /// The placeholder that a bare text fills: the prompt's first one without a value of the template's own.
  public var mainPlaceholder: String? {
    TemplateText(prompt).placeholders.first { values[$0] == nil }
  }
}

extension PromptTemplate {
  /// Whether it takes a text, or two, of a row and puts nothing around them.
  public var takesTextsAsTheyAre: Bool {
    func isPlain(_ text: String) -> Bool {
      guard let name = TemplateText(text).placeholders.first else { return text.isEmpty }
      return text == "{{\(name)}}"
    }
    return instruction.isEmpty && isPlain(prompt) && isPlain(completion) && !completion.isEmpty
  }
}
