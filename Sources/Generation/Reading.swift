import OrchardModels
import OrchardTensors

/// What a model has made of the tokens that every row read last.
///
/// Letters: R rows, T places, D width, V vocabulary.
struct Reading {
  let model: any LanguageModel
  /// The hidden states `[R, T, D]`; what stands behind a row's length counts nothing.
  ///
  /// Where layers are watched, D is so many times as wide.
  let hidden: Tensor
  /// The places of each row.
  let lengths: [Int]
  /// The drafted tokens among those that each row read: the last ones.
  var drafts: [[Draft]]

  /// Reads further tokens of every row, long ones in pieces of `chunk`, so that memory stays bounded.
  ///
  /// Of tokens read in pieces only the last place of each row is kept, unless `wantsAll` or some are drafts.
  init(
    _ model: any LanguageModel, _ tokens: [[Int]], drafts: [[Draft]] = [], into state: DecodingState,
    wantsAll: Bool = false, chunk: Int
  ) {
    self.model = model
    self.drafts = drafts.isEmpty ? Array(repeating: [], count: tokens.count) : drafts
    let longest = tokens.map(\.count).max() ?? 0
    guard longest > chunk else {
      hidden = model.read(TokenRows(tokens, on: model.device), into: state)
      lengths = tokens.map(\.count)
      return
    }
    let wantsAll = wantsAll || drafts.contains { !$0.isEmpty }
    var parts: [Tensor] = []
    for start in stride(from: 0, to: longest, by: chunk) {
      let piece = tokens.map { Array($0[min(start, $0.count)..<min(start + chunk, $0.count)]) }
      let wanted = zip(state.lengths, piece).map { $0 + $1.count }
      let read = model.read(TokenRows(piece, on: model.device), into: state)
      // A row that has no tokens left in this piece has read nothing but padding.
      state.truncate(to: wanted)
      parts.append(wantsAll ? read : Self.last(of: read, after: parts.last, counts: piece.map(\.count)))
    }
    // All pieces but the last are full for every row that goes on behind them, so that places stay where they are.
    hidden = wantsAll ? .concatenated(parts, along: 1) : parts[parts.count - 1]
    lengths = wantsAll ? tokens.map(\.count) : tokens.map { _ in 1 }
  }

  private init(_ model: any LanguageModel, hidden: Tensor, lengths: [Int], drafts: [[Draft]]) {
    self.model = model
    self.hidden = hidden
    self.lengths = lengths
    self.drafts = drafts
  }

  /// The last places `[R, 1, D]`: those of a piece, or, for rows that have none in it, those found before.
  private static func last(of hidden: Tensor, after before: Tensor?, counts: [Int]) -> Tensor {
    let rows = counts.indices.map { row in
      if counts[row] == 0, let before { return before.selected(0, row) }
      return hidden.selected(0, row).sliced(0, max(0, counts[row] - 1)..<max(1, counts[row]))
    }
    return .stacked(rows, along: 0)
  }

  /// The given rows in the given order; one may stand several times.
  func rows(_ rows: [Int]) -> Reading {
    if rows.elementsEqual(lengths.indices) { return self }
    return Reading(
      model, hidden: hidden.indexed(0, by: Tensor(rows, on: hidden.device)), lengths: rows.map { lengths[$0] },
      drafts: rows.map { drafts[$0] })
  }

  /// The logits `[R, V]` of the token after each row's last.
  var logits: Tensor { logits(last: Array(repeating: 1, count: lengths.count)) }

  /// The logits `[ΣN, V]` of the tokens after the last N places of each row, row after row.
  func logits(last counts: [Int]) -> Tensor { model.head.logits(states(last: counts)) }

  /// The hidden states `[ΣN, D]` of the last N places of each row, row after row.
  func states(last counts: [Int]) -> Tensor {
    let length = hidden.size(1)
    if length == 1 { return hidden.selected(1, 0) }
    let isEven = counts.allSatisfy { $0 == 1 } && lengths.allSatisfy { $0 == length }
    if isEven { return hidden.selected(1, length - 1) }
    let places = counts.indices.flatMap { row in
      (lengths[row] - counts[row]..<lengths[row]).map { row * length + $0 }
    }
    return hidden.reshaped([-1, hidden.size(2)]).indexed(0, by: Tensor(places, on: hidden.device))
  }
}
