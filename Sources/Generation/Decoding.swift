import OrchardModels
import OrchardTensors

/// The one decoding loop: every way of generating, with every architecture, goes through `next()`.
///
/// ```swift
/// var decoding = try Decoding(model, [TokenPrompt([1, 15, 9])], settings: settings)
/// while let tokens = try decoding.next() {
///   for token in tokens { print(token.prompt, token.token, token.logProbability) }
/// }
/// let sequences = decoding.results
/// ```
///
/// Finished rows leave the batch. The same seed gives a prompt the same tokens whatever stands beside it.
public struct Decoding {
  /// For each prompt its finished texts, as many as were asked for, of beams the best first; empty before.
  public private(set) var results: [[GeneratedSequence]]
  /// How many tokens each prompt may get, and who says so.
  public let limits: [TokenLimit]
  private let model: any LanguageModel
  private let prompts: [TokenPrompt]
  private let state: DecodingState
  private let chunk: Int
  private var strategy: any DecodingStrategy
  /// The rows to keep and what they read next; nil when all is finished.
  private var pending: Pending?
  /// The first step alone: the row that each row of the strategy begins with.
  ///
  /// Equal prompts are read once.
  private var branches: [Int]?
  /// What the model has read goes there when it may be of use to another prompt; nil where it may not.
  private let reading: KeptReading?
  private var tokensSoFar: [Int] = []
  /// Whether the state was given to another prompt; copies of this decoding share it.
  private let handover = Handover()

  private final class Handover {
    var isDone = false
  }

  private struct Pending {
    var rows: [Int]
    var tokens: [[Int]]
    var drafts: [[Draft]] = []
  }

  /// Begins decoding.
  ///
  /// `endTokens` are the model's own unless others are given. A `draft` is a smaller model with the same tokens that
  /// proposes several at once: the text is the same and comes sooner. A `constraint` says what texts must look like;
  /// settings that ask for one need a tokenizer to make it, so there `TextGenerator` is to be used.
  /// - Throws: `GenerationError` for a prompt that does not fit the context or holds an unknown token, for stop
  ///   strings and phrases given as text without a tokenizer, where nothing bounds the length, and where no text that
  ///   follows the constraint fits.
  public init(
    _ model: any LanguageModel, _ prompts: [TokenPrompt], settings: GenerationSettings,
    configuration: GenerationConfiguration = GenerationConfiguration(), endTokens: [Int]? = nil,
    draft: (any LanguageModel)? = nil, constraint: (any TokenConstraint)? = nil
  ) throws {
    try self.init(
      model, prompts, settings: settings, configuration: configuration, endTokens: endTokens, draft: draft,
      textStream: nil, encode: nil, constraint: constraint)
  }

  package init(
    _ model: any LanguageModel, _ prompts: [TokenPrompt], settings: GenerationSettings,
    configuration: GenerationConfiguration = GenerationConfiguration(), endTokens: [Int]? = nil,
    draft: (any LanguageModel)? = nil, textStream: (any TokenTextStream)?,
    encode: (@Sendable (String) -> [Int])? = nil, constraint: (any TokenConstraint)? = nil,
    reusing kept: KeptReading? = nil
  ) throws {
    if constraint == nil, settings.isConstrained {
      throw GenerationError("a regular expression or a JSON schema needs a tokenizer, and none was given")
    }
    if textStream == nil, !settings.stop.isEmpty {
      throw GenerationError("stop strings need a tokenizer, and none was given")
    }
    let properties = try configuration.applied(to: model.properties)
    if let draft { try DraftCheck.check(draft.properties, beside: properties, settings) }
    let prompts = try prompts.enumerated().map { try PromptCheck.checked($1, number: $0 + 1, properties) }
    let adapters = try prompts.enumerated().map { try AdapterChoice.place(of: $1, number: $0 + 1, on: model) }
    limits = try prompts.enumerated().map { index, prompt in
      try PromptCheck.limit(
        promptLength: prompt.tokens.count, number: index + 1, settings: settings, configuration: configuration,
        AdapterChoice.properties(properties, with: adapters[index], on: model))
    }
    let endTokens = endTokens ?? configuration.endTokens ?? properties.endTokens
    let rules = StopRules(
      endTokens: endTokens, limits: limits, text: textStream.map { RowText($0, stops: settings.stop) },
      deadline: settings.maxTime.map { .now + .seconds($0) }, constraint: constraint)
    if let constraint {
      for (index, limit) in limits.enumerated() { try constraint.check(limit, prompt: index + 1) }
    }
    let situation = StepSituation(
      vocabularySize: properties.vocabularySize, endTokens: endTokens, settings: settings, encode: encode)
    self.model = model
    self.prompts = prompts
    chunk = settings.prefillChunk
    results = Array(repeating: [], count: prompts.count)
    let negatives = try settings.negatives(of: prompts.map(\.tokens), limits: limits, properties, encode: encode)
    // Equal prompts are read once, and so is one that gets several texts.
    let rowAdapters = adapters + negatives.indices.map { adapters[$0] }
    let (rows, places) = Self.distinct(
      zip(prompts.map(\.tokens) + negatives, rowAdapters).map { AdaptedRow(tokens: $0, adapter: $1) })
    let distinct = rows.map(\.tokens)
    // One row that is picked token by token leaves behind what it has read, and may go on from what another has.
    let isPicked = settings.beams == 1 && settings.contrast == nil && settings.returnSequences == 1
    reading = isPicked && distinct.count == 1 && properties.kind == .decoderOnly ? kept : nil
    let earlier = reading?.take(for: distinct[0], adapter: adapters[0])
    let begun = withoutGradients {
      earlier.map { (state: $0, first: distinct) } ?? model.begin(distinct, adapters: rows.map(\.adapter))
    }
    state = begun.state
    var first = begun.first
    if properties.kind == .encoderDecoder, let token = configuration.decoderStartToken {
      first = first.map { _ in [token] }
    }
    state.watchedLayers = try settings.earlyLayers?.layers(of: properties) ?? []
    let longer = zip(negatives, prompts).map { $0.count - $1.tokens.count }.max() ?? 0
    let start = DecodingStart(
      prompts: prompts, first: places[..<prompts.count].map { first[$0] }, settings: settings,
      steps: try situation.steps(), rules: rules, vocabularySize: properties.vocabularySize,
      contextLength: properties.contextLength.map { context in
        context - max(0, longer) - (adapters.map { model.rowAdapters?.promptCount(of: $0) ?? 0 }.max() ?? 0)
      })
    strategy = try Self.strategy(start, situation, draft: draft)
    let unread = earlier.map { [Array(distinct[0].dropFirst($0.lengths[0] - $0.virtualCounts[0]))] }
    pending = prompts.isEmpty ? nil : Pending(rows: Array(distinct.indices), tokens: unread ?? first)
    if reading != nil { tokensSoFar = distinct[0] }
    branches = settings.beams > 1 ? places : places.flatMap { Array(repeating: $0, count: settings.returnSequences) }
  }

  private static func strategy(_ start: DecodingStart, _ situation: StepSituation, draft: (any LanguageModel)?) throws
    -> any DecodingStrategy
  {
    if start.settings.beams > 1 { return try BeamStrategy(start, situation) }
    return start.settings.contrast == nil ? PickingStrategy(start, draft: draft) : ContrastiveStrategy(start)
  }

  /// What a row reads, and with which adapter.
  private struct AdaptedRow: Hashable {
    let tokens: [Int]
    let adapter: Int?
  }

  /// The different rows, and for each row its place among them.
  static func distinct<Row: Hashable>(_ rows: [Row]) -> (rows: [Row], places: [Int]) {
    var distinct: [Row] = []
    var known: [Row: Int] = [:]
    let places = rows.map { row in
      if let place = known[row] { return place }
      known[row] = distinct.count
      distinct.append(row)
      return distinct.count - 1
    }
    return (distinct, places)
  }

  /// Goes on by one token a row, or by several where drafts were right; nil when every prompt is finished.
  ///
  /// Beam search gives a prompt's tokens all at once, when its search ends.
  /// - Throws: `GenerationError` if the model's logits are no numbers.
  public mutating func next() throws -> [GeneratedToken]? {
    do {
      return try advance()
    } catch let error as GenerationError {
      throw error.located(in: model, prompts)
    }
  }

  private mutating func advance() throws -> [GeneratedToken]? {
    guard let pending, !handover.isDone else { return nil }
    let move = try withoutGradients {
      state.selectRows(pending.rows)
      return try chosen(
        from: Reading(
          model, pending.tokens, drafts: pending.drafts, into: state, wantsAll: strategy.wantsAllPlaces,
          chunk: chunk))
    }
    for (prompt, sequences) in move.finished { results[prompt] = sequences }
    if move.rows.isEmpty {
      self.pending = nil
    } else {
      let tokens = move.tokens.enumerated().map { index, token in
        move.drafts.isEmpty ? [token] : [token] + move.drafts[index].map(\.token)
      }
      self.pending = Pending(rows: move.rows, tokens: tokens, drafts: move.drafts)
    }
    if reading != nil { tokensSoFar += move.generated.map(\.token) }
    return move.generated
  }

  private mutating func chosen(from reading: Reading) throws -> DecodingMove {
    guard let branches else {
      let move = try strategy.choose(reading)
      if move.rejected.contains(where: { $0 > 0 }) {
        state.truncate(to: zip(state.lengths, move.rejected).map { $0 - $1 })
      }
      return move
    }
    self.branches = nil
    var move = try strategy.choose(reading.rows(branches))
    move.rows = move.rows.map { branches[$0] }
    return move
  }

  /// Gives what was read so far to the next prompt of the conversation; nothing is generated here afterwards, nor by
  /// copies of this decoding.
  package func leave() {
    guard let reading, !handover.isDone else { return }
    reading.keep(state, tokens: Array(tokensSoFar.prefix(state.lengths[0] - state.virtualCounts[0])))
    handover.isDone = true
  }

  /// Goes on to the end and returns each prompt's best text.
  ///
  /// - Throws: `GenerationError` if the model's logits are no numbers.
  public mutating func finish() throws -> [GeneratedSequence] {
    while try next() != nil {}
    return results.compactMap(\.first)
  }
}
