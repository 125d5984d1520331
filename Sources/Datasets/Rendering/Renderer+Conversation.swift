import Foundation
import OrchardJSON
import OrchardTokenizers

extension Renderer {
  /// A conversation's parts: text that is read, and text that is learned.
  private struct Piece {
    var text: Substring
    var isLearned: Bool
    /// Whether the template writes something behind the answer by which it ends.
    var isClosed = false
  }

  /// Renders a row's conversation by the chat template.
  ///
  /// A decoder reads the whole of it and learns the last answer, or all; an encoder–decoder reads what stands before the
  /// last answer and learns that. Pieces are encoded apart, so that the spans to be learned are exact.
  func render(conversation column: String, _ row: DataRow, number: Int) throws(DataError) -> [RenderedExample] {
    guard let chat else {
      throw row.error(
        "the tokenizer has no chat template, so conversations cannot be rendered; use a prompt template in place of "
          + "messages")
    }
    let conversation = try Conversation(row, column: column)
    if shape == .encoderDecoder { return try encoderDecoder(conversation, chat, row, number: number) }
    let pieces = try pieces(conversation, chat, row)
    var ids: [Int32] = []
    var spans: [Range<Int>] = []
    var isClosed = false
    for piece in pieces {
      let start = ids.count
      ids += tokenizer.encodeIDs(String(piece.text), addSpecialTokens: false).map(Int32.init)
      if piece.isLearned, ids.count > start {
        spans.append(start..<ids.count)
        isClosed = piece.isClosed
      }
    }
    if settings.supervise == .all { spans = [1..<max(1, ids.count)] }
    if settings.supervise == .completion { spans = spans.suffix(1) }
    let most = settings.maximumTokens
    let isTruncated = ids.count > most
    if isTruncated {
      guard try mayShorten(row, "conversation", ids.count, most) else { return [] }
      ids.removeSubrange(most...)
      spans = spans.map { $0.clamped(to: 0..<most) }.filter { !$0.isEmpty }
    }
    guard let last = spans.last else { return [] }
    return [
      RenderedExample(
        row: number, source: [], target: ids, supervised: last, earlier: spans.dropLast(),
        endIsSupervised: isClosed && (!isTruncated || spans.count > 1), completionIsTruncated: isTruncated)
    ]
  }

  private func encoderDecoder(
    _ conversation: Conversation, _ chat: ChatTemplate, _ row: DataRow, number: Int
  ) throws(DataError) -> [RenderedExample] {
    let last = conversation.answers[conversation.answers.count - 1]
    let asked = try text(Array(conversation.messages[..<last]), chat, row, answering: true)
    let answer = conversation.messages[last]["content"]?.string ?? ""
    var (source, target) = (promptIDs(asked), promptIDs(answer))
    let (isLongSource, isLongTarget) =
      (source.count > settings.maximumSourceTokens, target.count > settings.maximumTargetTokens)
    if isLongSource {
      guard try mayShorten(row, "prompt", source.count, settings.maximumSourceTokens) else { return [] }
      // What was said last counts most.
      source = Array(source.suffix(settings.maximumSourceTokens))
    }
    if isLongTarget {
      guard try mayShorten(row, "completion", target.count, settings.maximumTargetTokens) else { return [] }
      target = Array(target.prefix(settings.maximumTargetTokens))
    }
    return [
      RenderedExample(
        row: number, source: source.map(Int32.init), target: target.map(Int32.init), supervised: 0..<target.count,
        endIsSupervised: !isLongTarget, promptIsTruncated: isLongSource, completionIsTruncated: isLongTarget)
    ]
  }

  /// The text of a conversation in pieces: an answer is what the template adds behind the prompt for it.
  private func pieces(_ conversation: Conversation, _ chat: ChatTemplate, _ row: DataRow) throws(DataError) -> [Piece] {
    let whole = try text(conversation.messages, chat, row, answering: false)
    var pieces: [Piece] = []
    var rest = whole[...]
    var place = 0
    for answer in conversation.answers {
      let asked = try text(Array(conversation.messages[..<answer]), chat, row, answering: true)
      let answered = try text(Array(conversation.messages[...answer]), chat, row, answering: false)
      let (start, end) = (asked.unicodeScalars.count, answered.unicodeScalars.count)
      guard whole.unicodeScalars.starts(with: answered.unicodeScalars),
        answered.unicodeScalars.starts(with: asked.unicodeScalars), start >= place
      else {
        throw row.error(
          "the chat template rewrites what was said before message \(answer), so answers cannot be told apart in the "
            + "whole; learn completions of one answer each, or use a prompt template")
      }
      let scalars = whole.unicodeScalars
      let (from, to) = (
        scalars.index(scalars.startIndex, offsetBy: start), scalars.index(scalars.startIndex, offsetBy: end)
      )
      // White space behind the token that ends an answer is the template's, and is never written by the model.
      let said = whole[from..<to]
      let kept = said.lastIndex { !$0.isWhitespace }.map { said.index(after: $0) } ?? said.startIndex
      pieces.append(Piece(text: rest[rest.startIndex..<from], isLearned: false))
      let content = (conversation.messages[answer]["content"]?.string ?? "").trimmingCharacters(
        in: .whitespacesAndNewlines)
      pieces.append(
        Piece(text: whole[from..<kept], isLearned: true, isClosed: !whole[from..<kept].hasSuffix(content)))
      rest = whole[kept...]
      place = end
    }
    pieces.append(Piece(text: rest, isLearned: false))
    return pieces
  }

  private func text(_ messages: [JSONValue], _ chat: ChatTemplate, _ row: DataRow, answering: Bool) throws(DataError)
    -> String
  {
    var options = ChatTemplate.Options()
    options.addsGenerationPrompt = answering
    do {
      return try chat.render(messages, options)
    } catch {
      throw row.error("the chat template does not take this conversation: \(error)")
    }
  }
}
