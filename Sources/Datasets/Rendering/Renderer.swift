import OrchardJSON
import OrchardTokenizers

/// Turns prompts and completions into tokens, segment by segment, so that the spans to be learned are exact.
///
/// **Encoder–decoder**: source = the prompt framed as the tokenizer frames a text (T5: `… </s>`); target = the
/// completion framed likewise. All of the target is learned.
///
/// **Decoder-only**: one sequence = the tokenizer's leading special tokens, once; the prompt; the answer separator
/// and the completion, encoded apart from the prompt; the end token. The completion and the end token are learned.
/// A tokenizer that puts a space before every text (SentencePiece) does so at the completion too; where the answer
/// separator brings that space, it is not given twice.
///
/// **Encoder**: a text as the tokenizer frames it, some of its tokens hidden, and learned.
///
/// **Framed**, for any kind: texts, or pairs of texts, as the tokenizer frames them; none of their tokens are learned. So
/// classifiers read them.
public struct Renderer: Sendable {
  /// The kind of model.
  public let shape: SequenceShape
  /// How examples become tokens.
  public let settings: RenderingSettings
  /// Whether texts are read as the tokenizer frames them, and nothing of them is learned.
  public let isFramed: Bool
  /// The tokenizer.
  public let tokenizer: any SegmentTokenizer
  /// How conversations become text; nil where the tokenizer's folder says nothing of it.
  public let chat: ChatTemplate?
  let frame: TokenFrame
  private let end: Int
  /// What hides tokens of texts, or why there can be none: told where a text comes.
  let hiding: Result<TextHiding?, DataError>

  /// A renderer for one tokenizer and one kind of model.
  ///
  /// - Throws: `DataError` where the tokenizer has no end token: a model would never learn to stop.
  public init(
    tokenizer: any SegmentTokenizer, shape: SequenceShape, settings: RenderingSettings = RenderingSettings(),
    chat: ChatTemplate? = nil, isFramed: Bool = false
  ) throws(DataError) {
    self.tokenizer = tokenizer
    self.chat = chat
    self.shape = shape
    self.isFramed = isFramed
    self.settings = settings
    frame = TokenFrame(tokenizer)
    let end = tokenizer.endID ?? (shape == .decoderOnly ? nil : frame.suffix.last)
    // Where nothing is written, nothing has to end.
    guard let end = end ?? (shape == .encoder || isFramed ? 0 : nil) else {
      throw DataError(problem: "the tokenizer names no end token, so a model could never learn to stop; name one")
    }
    self.end = end
    hiding = Self.hiding(tokenizer, shape, settings, frame, closing: Self.closing(frame, end))
  }

  /// The ids that a model reads for a prompt when it is to answer it.
  public func promptIDs(_ text: String) -> [Int] {
    let ids = tokenizer.encodeIDs(text, addSpecialTokens: false)
    return frame.prefix + ids + (shape == .encoderDecoder ? closing : [])
  }

  /// Renders one row: to one example, to none where it is over-long and to be dropped, or to several where a text is
  /// split.
  ///
  /// - Throws: `DataError` with file and line where a field is missing, or the row is over-long and that is refused.
  public func render(_ row: DataRow, number: Int, composer: PromptComposer, examples: [DataRow] = []) throws(DataError)
    -> [RenderedExample]
  {
    if let column = composer.messages {
      if isFramed { throw row.error("a conversation is no text to be sorted, or a pair of them; name its parts") }
      if shape == .encoder { throw Self.refusal(row, "a conversation") }
      return try render(conversation: column, row, number: number)
    }
    let example = try composer.example(row, examples: examples)
    if isFramed { return try framed(example, row, number: number).map { [$0] } ?? [] }
    switch example {
    case .text(let text): return try render(text: text, row, number: number)
    case .promptCompletion(let prompt):
      if shape == .encoder { throw Self.refusal(row, "a prompt with its completion") }
      let prepared = PreparedPrompt(row: row, examples: examples, composer: composer, prompt: prompt)
      let example =
        shape == .encoderDecoder
        ? try encoderDecoder(prepared, number: number) : try decoderOnly(prepared, number: number)
      return example.map { [$0] } ?? []
    }
  }

  /// What is wanted of a row: its completion, or a conversation's last answer.
  ///
  /// - Throws: `DataError` where the row lacks it.
  public func reference(_ row: DataRow, composer: PromptComposer) throws(DataError) -> String {
    guard let column = composer.messages else { return try composer.prompt(row).completion ?? "" }
    return try Conversation(row, column: column).messages.last?["content"]?.string ?? ""
  }

  /// What ends a text for an encoder–decoder.
  private var closing: [Int] { Self.closing(frame, end) }

  private static func closing(_ frame: TokenFrame, _ end: Int) -> [Int] {
    frame.suffix.isEmpty ? [end] : frame.suffix
  }

  private func render(text: String, _ row: DataRow, number: Int) throws(DataError) -> [RenderedExample] {
    guard shape == .decoderOnly else { return try uncorrupted(text, number: number) }
    let ids = frame.prefix + tokenizer.encodeIDs(text, addSpecialTokens: false) + [end]
    let most = settings.maximumTokens
    func part(_ range: Range<Int>, isTruncated: Bool) -> RenderedExample {
      RenderedExample(
        row: number, source: [], target: ids[range].map(Int32.init), supervised: 1..<max(1, range.count),
        endIsSupervised: range.upperBound == ids.count && range.count > 1, completionIsTruncated: isTruncated)
    }
    if ids.count <= most { return [part(0..<ids.count, isTruncated: false)] }
    if settings.overLong == .split {
      // A part begins with the token that ended the last one: so every token is predicted, and once.
      return stride(from: 0, to: ids.count - 1, by: most - 1).map { start in
        part(start..<min(start + most, ids.count), isTruncated: false)
      }
    }
    return try mayShorten(row, "text", ids.count, most) ? [part(0..<most, isTruncated: true)] : []
  }

  private func encoderDecoder(_ prepared: PreparedPrompt, number: Int) throws(DataError) -> RenderedExample? {
    let answer = prepared.prompt.completion ?? ""
    var target = frame.prefix + tokenizer.encodeIDs(answer, addSpecialTokens: false) + closing
    let completionIsTruncated = target.count > settings.maximumTargetTokens
    if completionIsTruncated {
      guard try mayShorten(prepared.row, "completion", target.count, settings.maximumTargetTokens) else { return nil }
      target = Array(target.dropLast(closing.count).prefix(settings.maximumTargetTokens))
    }
    let room = settings.maximumSourceTokens - frame.prefix.count - closing.count
    guard let source = try prompt(prepared, room: room) else { return nil }
    return RenderedExample(
      row: number, source: (frame.prefix + source.ids + closing).map(Int32.init), target: target.map(Int32.init),
      supervised: 0..<target.count, endIsSupervised: !completionIsTruncated, promptIsTruncated: source.isTruncated,
      completionIsTruncated: completionIsTruncated)
  }

  private func decoderOnly(_ prepared: PreparedPrompt, number: Int) throws(DataError) -> RenderedExample? {
    var separator = Substring(prepared.prompt.answerSeparator)
    if frame.addsLeadingSpace, separator.hasPrefix(" ") { separator = separator.dropFirst() }
    let answer = separator + (prepared.prompt.completion ?? "")
    var completion = tokenizer.encodeIDs(String(answer), addSpecialTokens: false)
    // A completion may take all but half of the room: the rest is for what it answers.
    let most = settings.maximumTokens - frame.prefix.count - settings.maximumTokens / 2
    let completionIsTruncated = completion.count + 1 > most
    if completionIsTruncated {
      guard try mayShorten(prepared.row, "completion", completion.count + 1, most) else { return nil }
      completion.removeSubrange(most...)
    } else {
      completion.append(end)
    }
    let room = settings.maximumTokens - frame.prefix.count - completion.count
    guard let prompt = try prompt(prepared, room: room) else { return nil }
    let ids = frame.prefix + prompt.ids + completion
    let first = settings.supervise == .all ? 1 : max(1, ids.count - completion.count)
    return RenderedExample(
      row: number, source: [], target: ids.map(Int32.init), supervised: min(first, ids.count)..<ids.count,
      endIsSupervised: !completionIsTruncated && ids.count > 1, promptIsTruncated: prompt.isTruncated,
      completionIsTruncated: completionIsTruncated)
  }

  /// The prompt's ids in at most `room` tokens, or nil where the row is to be dropped.
  private func prompt(_ prepared: PreparedPrompt, room: Int) throws(DataError) -> (ids: [Int], isTruncated: Bool)? {
    let ids = tokenizer.encodeIDs(prepared.prompt.text, addSpecialTokens: false)
    if ids.count <= room { return (ids, false) }
    guard try mayShorten(prepared.row, "prompt", ids.count, room) else { return nil }
    return (try prepared.shortened(to: room, from: ids.count, tokenizer: tokenizer), true)
  }

  /// Whether an over-long part is to be shortened; false where its row is to be dropped.
  func mayShorten(_ row: DataRow, _ part: String, _ count: Int, _ most: Int) throws(DataError) -> Bool {
    switch settings.overLong {
    case .truncate: return true
    case .drop: return false
    case .refuse, .split:
      let cannot = settings.overLong == .split ? " and cannot be split, as a text without a prompt can" : ""
      throw row.error(
        "the \(part) has \(count) tokens, where at most \(most) fit\(cannot); raise the maximum, or set over-long to "
          + "truncate or drop")
    }
  }
}

extension PromptComposer {
  /// What a row teaches: a text where the template has no prompt, else a prompt and its completion.
  ///
  /// - Throws: `DataError` where the row, or a worked example, lacks a field of the template.
  public func example(_ row: DataRow, examples: [DataRow] = []) throws(DataError) -> Example {
    let prompt = try prompt(row, examples: examples)
    return template.prompt.isEmpty && prompt.text.isEmpty ? .text(prompt.completion ?? "") : .promptCompletion(prompt)
  }
}
