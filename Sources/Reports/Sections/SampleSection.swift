/// One example: what was asked, and what several answered.
public struct AnsweredSample: Sendable {
  /// Who answered, which decides how the answer is marked.
  public enum Voice: String, Sendable {
    /// A person, or the data.
    case human
    /// The model at an earlier time.
    case before
    /// The model now.
    case after
  }

  /// An answer and who gave it.
  public struct Answer: Sendable {
    /// What stands over the answer.
    public var name: String
    /// Who gave it.
    public var voice: Voice
    /// The answer.
    public var text: String

    /// An answer.
    public init(_ name: String, _ voice: Voice, _ text: String) {
      self.name = name
      self.voice = voice
      self.text = text
    }
  }

  /// A heading for the example; its number where empty.
  public var title: String
  /// The input.
  public var input: String
  /// The answers in order.
  public var answers: [Answer]

  /// An example.
  public init(title: String = "", input: String, answers: [Answer]) {
    self.title = title
    self.input = input
    self.answers = answers
  }
}

extension ReportSection {
  /// Examples to be read by a person.
  public static func samples(_ title: String, _ samples: [AnsweredSample]) -> ReportSection {
    ReportSection(title, samples.enumerated().map { card($1, number: $0 + 1) })
  }

  private static func card(_ sample: AnsweredSample, number: Int) -> HTML {
    .tag(
      "article", class: "card sample",
      [
        .tag("h3", [], .text(sample.title.isEmpty ? "Example \(number)" : sample.title)),
        .tag("div", class: "input", [.text(sample.input)]),
        .tag("div", class: "answers", sample.answers.map(answer)),
      ])
  }

  private static func answer(_ answer: AnsweredSample.Answer) -> HTML {
    let isEmpty = answer.text.allSatisfy(\.isWhitespace)
    let body = HTML.tag("p", class: isEmpty ? "nothing" : "", [.text(isEmpty ? "(no text)" : answer.text)])
    return .tag("div", class: "answer \(answer.voice.rawValue)", [.tag("h4", [], .text(answer.name)), body])
  }
}
