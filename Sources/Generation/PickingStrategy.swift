import OrchardModels
import OrchardTensors

/// A text that is picked token by token.
struct PickedRow {
  let prompt: Int
  let number: Int
  let random: RandomStream
  let context: RowContext
  var history: [Int]
  var sequence = GeneratedSequence()
  var text: RowText?
  var constrained: ConstraintState?

  /// Goes on by a token; returns why the row ends with it, or nil.
  mutating func advance(_ choice: TokenChoice, _ rules: StopRules, _ move: inout DecodingMove) -> FinishReason? {
    history.append(choice.token)
    var piece = ""
    let reason = rules.finish(
      of: prompt, token: choice.token, count: sequence.tokens.count + 1, text: &text, piece: &piece,
      constrained: &constrained)
    sequence.append(choice, piece, reason)
    move.generated.append(GeneratedToken(prompt: prompt, sequence: number, choice, text: piece, finish: reason))
    return reason
  }
}

/// Chooses one token after the other for each row: the likeliest, or one drawn by its probability.
///
/// Where tokens are drafted, a row that has read its drafts goes on past each that is the chosen one too.
struct PickingStrategy: DecodingStrategy {
  private let chooser: TokenChooser
  private let rules: StopRules
  private let guidance: Double?
  private let contrastsLayers: Bool
  private let contextLength: Int
  private var drafter: (any Drafter)?
  private var rows: [PickedRow]
  /// The finished texts of the prompts whose others go on.
  private var finished: [[GeneratedSequence?]]

  /// Rows for prompts, `returnSequences` for each, beside each other.
  init(_ start: DecodingStart, draft: (any LanguageModel)? = nil) {
    chooser = TokenChooser(start)
    rules = start.rules
    guidance = start.settings.guidance.isOn ? start.settings.guidance.scale : nil
    contrastsLayers = start.settings.earlyLayers != nil
    contextLength = start.contextLength ?? .max
    let seed = UInt64(truncatingIfNeeded: start.settings.seed)
    let count = start.settings.returnSequences
    finished = Array(repeating: Array(repeating: nil, count: count), count: start.prompts.count)
    rows = start.prompts.indices.flatMap { index in
      (0..<count).map { number in
        let prompt = start.prompts[index]
        return PickedRow(
          prompt: index, number: number,
          random: RandomStream(seed: seed, prompt: prompt.tokens, sample: prompt.sample * count + number),
          context: start.context(of: index), history: start.first[index], text: start.rules.text,
          constrained: start.rules.constraint?.start)
      }
    }
    if let draft {
      drafter = DraftModel(
        draft, settings: start.settings, chooser: TokenChooser(start), sources: rows.map(\.context.source))
    } else if let tokens = start.settings.draft.lookupTokens {
      drafter = PromptLookup(tokens: tokens, longestMatch: start.settings.draft.longestMatch)
    }
  }

  mutating func choose(_ reading: Reading) throws -> DecodingMove {
    let counts = rows.indices.map { reading.drafts[$0].count + 1 }
    let offers = offers(reading, counts)
    var move = DecodingMove()
    var going: [PickedRow] = []
    var first = 0
    for index in rows.indices {
      var row = rows[index]
      let drafts = reading.drafts[index]
      var accepted = 0
      var ended = false
      while true {
        let draft = accepted < drafts.count ? drafts[accepted] : nil
        let choice = chooser.choice(first + accepted, of: offers, for: row, draft: draft)
        try check(choice, of: row)
        ended = row.advance(choice, rules, &move) != nil
        guard choice.token == draft?.token else { break }
        accepted += 1
        if ended { break }
      }
      first += counts[index]
      row.sequence.drafts.proposed += drafts.count
      row.sequence.drafts.accepted += accepted
      move.rejected.append(drafts.count - accepted)
      if ended {
        finish(row, &move)
      } else {
        move.rows.append(index)
        move.tokens.append(row.history[row.history.count - 1])
        going.append(row)
      }
    }
    let count = rows.count
    rows = going
    try addDrafts(to: &move)
    if guidance != nil {
      // What the negative prompts go on with is the same.
      move.rows += move.rows.map { $0 + count }
      move.tokens += move.tokens
      move.drafts += move.drafts
      move.rejected += move.rejected
    }
    return move
  }

  private func offers(_ reading: Reading, _ counts: [Int]) -> TokenChooser.Offers {
    if contrastsLayers {
      let states = reading.states(last: counts)
      let (own, contrasted) = LayerContrast(reading.model).logits(states)
      return chooser.offers(own, guided: contrasted)
    }
    guard let guidance else { return chooser.offers(reading.logits(last: counts)) }
    // The rows of the negative prompts stand behind the others.
    let own = reading.rows(Array(rows.indices)).logits(last: counts).to(.float32)
    let others = reading.rows(rows.indices.map { $0 + rows.count }).logits(last: counts).to(.float32)
    let negative = others.logSoftmax(along: -1)
    return chooser.offers(own, guided: (own.logSoftmax(along: -1) - negative) * guidance + negative)
  }

  private mutating func addDrafts(to move: inout DecodingMove) throws {
    guard drafter != nil, !rows.isEmpty else { return }
    // A row that reads few tokens is padded to those that read most, and may not be so beyond the context.
    let longest = rows.map(\.history.count).max() ?? 0
    let room = contextLength - longest
    let asked = zip(rows, move.rows).map { row, parent in
      // The last token needs no draft behind it.
      let left = rules.limits[row.prompt].count - row.sequence.tokens.count - 1
      return DraftRow(
        parent: parent, context: row.context, history: row.history, random: row.random, most: max(0, min(left, room)))
    }
    move.drafts = try drafter?.drafts(for: asked) ?? []
  }

  private func check(_ choice: TokenChoice, of row: PickedRow) throws {
    let position = row.sequence.tokens.count
    try GenerationError.checkNumber(choice.logProbability, prompt: row.prompt, position: position)
    try GenerationError.checkChoice(choice.chosenLogProbability, prompt: row.prompt, position: position)
  }

  /// Keeps a row's text until all of its prompt are there.
  private mutating func finish(_ row: PickedRow, _ move: inout DecodingMove) {
    finished[row.prompt][row.number] = row.sequence
    let sequences = finished[row.prompt].compactMap { $0 }
    if sequences.count == finished[row.prompt].count { move.finished.append((row.prompt, sequences)) }
  }
}
