import Foundation
import OrchardModels
import OrchardTensors

/// Drafts by a smaller model with the same tokens, which goes on by itself for some tokens.
///
/// Its logits go through the same steps as the model's. Where chance chooses, its tokens are drawn, and told with the
/// distribution that they were drawn from: without it they could not be accepted in the right proportion.
struct DraftModel: Drafter {
  private let model: any LanguageModel
  private let settings: DraftSettings
  private let chunk: Int
  private let chooser: TokenChooser
  private let sources: [[Int]]
  private var state: DecodingState?
  private var begun: [[Int]] = []
  /// For each row the tokens of its history when it was last asked, what was drafted then, and how many more tokens
  /// than before it may draft.
  private var rows: [Row] = []

  private struct Row {
    var known = 0
    var drafted: [Int] = []
    var size: Int
  }

  /// Drafts for rows, each with the prompt `sources` that it was given.
  init(_ model: any LanguageModel, settings: GenerationSettings, chooser: TokenChooser, sources: [[Int]]) {
    self.model = model
    self.settings = settings.draft
    chunk = settings.prefillChunk
    self.chooser = chooser
    self.sources = sources
    rows = sources.map { _ in Row(size: settings.draft.tokens) }
  }

  mutating func drafts(for asked: [DraftRow]) throws -> [[Draft]] {
    if state == nil {
      // An encoder reads equal sources once; a decoder's prompts are read by every row.
      // Its vocabulary may lack places at the end that no token has.
      let size = model.properties.vocabularySize
      let sources = sources.map { $0.map { $0 < size ? $0 : 0 } }
      let isEncoder = model.properties.kind == .encoderDecoder
      let (distinct, places) = isEncoder ? Decoding.distinct(sources) : (sources, Array(sources.indices))
      let start = model.begin(distinct)
      start.state.selectRows(places)
      state = start.state
      begun = places.map { start.first[$0] }
    }
    guard let state else { return asked.map { _ in [] } }
    let parents = asked.map(\.parent)
    state.selectRows(parents)
    begun = parents.map { begun[$0] }
    rows = parents.map { rows[$0] }
    var reads: [[Int]] = []
    for index in asked.indices { reads.append(prepare(index, asked[index], state)) }
    state.truncate(to: zip(state.lengths, rows).map { min($0, $1.known) })
    return try draft(asked, reads, state)
  }

  /// Brings a row up to what has become of its drafts; returns the tokens that it has to read, none where it cannot
  /// draft.
  private mutating func prepare(_ index: Int, _ row: DraftRow, _ state: DecodingState) -> [Int] {
    let history = ownHistory(index, row)
    var held = rows[index]
    let before = history.count - 1
    if held.known > 0 {
      let accepted = zip(history[min(held.known, before)...], held.drafted).prefix { $0 == $1 }.count
      if settings.schedule == .heuristic, !held.drafted.isEmpty {
        // As in transformers: two more after success, one less after failure.
        held.size = accepted == held.drafted.count ? held.size + 2 : max(1, held.size - 1)
      }
      // The last draft was not read.
      held.known = min(held.known + min(accepted, max(0, held.drafted.count - 1)), before)
    }
    held.known = min(held.known, state.lengths[index])
    rows[index] = held
    rows[index].drafted = []
    let room = (model.properties.contextLength ?? Int.max) - history.count
    let reads = history[held.known...]
    return room < 0 || reads.contains { $0 >= model.properties.vocabularySize } ? [] : Array(reads)
  }

  /// The row's tokens as this model begins them: an encoder–decoder has a start token of its own.
  private func ownHistory(_ index: Int, _ row: DraftRow) -> [Int] {
    begun[index] + row.history[row.context.promptLength...]
  }

  private mutating func draft(_ asked: [DraftRow], _ firstReads: [[Int]], _ state: DecodingState) throws -> [[Draft]] {
    var drafts = asked.map { _ in [Draft]() }
    var histories = asked.indices.map { asked[$0].history }
    let context = model.properties.contextLength ?? Int.max
    let sizes = asked.indices.map { index in
      min(rows[index].size, asked[index].most, context - ownHistory(index, asked[index]).count)
    }
    var reads = firstReads
    var open = asked.indices.map { sizes[$0] > 0 && !reads[$0].isEmpty }
    while open.contains(true) {
      let lengths = state.lengths
      // A row that is closed reads a token for form's sake, and forgets it.
      let reading = Reading(model, reads.enumerated().map { open[$0] ? $1 : [0] }, into: state, chunk: chunk)
      state.truncate(to: lengths.indices.map { open[$0] ? lengths[$0] + reads[$0].count : lengths[$0] })
      let offers = chooser.offers(Self.fitted(reading.logits.to(.float32), to: chooser.vocabularySize))
      for index in asked.indices where open[index] {
        rows[index].known = state.lengths[index]
        let row = asked[index]
        let position = histories[index].count - row.context.promptLength
        let drawn = chooser.draft(
          offers, at: index, history: histories[index], context: row.context,
          draw: row.random.uniform(at: position, lane: .draft))
        drafts[index].append(drawn.draft)
        histories[index].append(drawn.draft.token)
        reads[index] = [drawn.draft.token]
        let isUnsure = drawn.probability < settings.confidence
        open[index] = drafts[index].count < sizes[index] && !isUnsure
      }
    }
    for index in asked.indices {
      rows[index].drafted = drafts[index].map(\.token)
      rows[index].known = min(rows[index].known, ownHistory(index, asked[index]).count)
    }
    return drafts
  }

  /// Logits for the other model's vocabulary: what this one does not know is ruled out, what that one does not is cut.
  private static func fitted(_ logits: Tensor, to size: Int) -> Tensor {
    let width = logits.size(1)
    if width == size { return logits }
    return width > size ? logits.sliced(1, 0..<size) : logits.padded(after: size - width, with: -.infinity)
  }
}
