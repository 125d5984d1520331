import OrchardJSON

/// Shows rendered examples to people: the text with the supervised tokens marked.
public struct TokenPreview: Sendable {
  /// How supervised text is marked.
  public enum Marking: Sendable {
    /// In green, for a terminal.
    case colour
    /// Between ⟦ and ⟧.
    case brackets

    /// Colour where standard output is a terminal and `NO_COLOR` is not set, else brackets.
    public static func suited(isTerminal: Bool, environment: [String: String]) -> Marking {
      isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" ? .colour : .brackets
    }
  }

  private let tokenizer: any SegmentTokenizer
  private let marking: Marking
  private let showsTokens: Bool

  /// A preview; with `showsTokens` every token stands apart, else text is shown as it reads.
  public init(tokenizer: any SegmentTokenizer, marking: Marking, showsTokens: Bool = false) {
    self.tokenizer = tokenizer
    self.marking = marking
    self.showsTokens = showsTokens
  }

  /// One example, with its counts.
  public func text(_ example: RenderedExample) -> String {
    var lines: [String] = []
    var counts = "row \(example.row): \(example.count) tokens, \(example.supervisedCount) supervised"
    if example.promptIsTruncated { counts += ", prompt truncated" }
    if example.completionIsTruncated { counts += ", completion truncated" }
    if !example.endIsSupervised, example.places.isEmpty, example.supervisedCount > 0 { counts += ", no end token" }
    lines.append(counts)
    let target = example.target
    var text = ""
    var place = 0
    for span in example.spans {
      text += shown(target[place..<span.lowerBound]) + mark(shown(target[span]))
      place = span.upperBound
    }
    let shown = text + shown(target[place...])
    if example.source.isEmpty {
      lines.append(shown)
    } else {
      lines.append("source: " + self.shown(example.source[...]))
      if !example.target.isEmpty { lines.append("target: " + shown) }
    }
    return lines.joined(separator: "\n")
  }

  /// One example for programs: the tokens, and whether each is supervised.
  public func json(_ example: RenderedExample) -> JSONValue {
    func tokens(_ ids: [Int32]) -> JSONValue {
      .array(ids.map { .string(tokenizer.token(for: Int($0)) ?? "") })
    }
    let learned = Set(example.spans.joined())
    func numbers(_ ids: [Int32]) -> JSONValue { .array(ids.map { .integer(Int($0)) }) }
    return [
      "row": .integer(example.row), "source_ids": numbers(example.source), "source_tokens": tokens(example.source),
      "target_ids": numbers(example.target), "target_tokens": tokens(example.target),
      "supervised": .array(example.target.indices.map { .bool(learned.contains($0)) }),
      "prompt_truncated": .bool(example.promptIsTruncated),
      "completion_truncated": .bool(example.completionIsTruncated),
    ]
  }

  private func shown(_ ids: ArraySlice<Int32>) -> String {
    guard showsTokens else { return tokenizer.decode(ids.map(Int.init), skipSpecialTokens: false) }
    return ids.map { (tokenizer.token(for: Int($0)) ?? "<\($0)>") + "|" }.joined()
  }

  private func mark(_ text: String) -> String {
    switch marking {
    case .colour: return text.isEmpty ? "" : "\u{1B}[1;32m\(text)\u{1B}[0m"
    case .brackets: return "⟦\(text)⟧"
    }
  }
}
