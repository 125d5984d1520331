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
  private let state: DecodingState
  private var strategy: any DecodingStrategy
  /// The rows to keep and the tokens they read next; nil when all is finished.
  private var pending: (rows: [Int], tokens: [[Int]])?
  /// The first step alone: the row whose logits each row of the strategy takes.
  ///
  /// Equal prompts are read once.
  private var branches: [Int]?

  /// Begins decoding.
  ///
  /// `endTokens` are the model's own unless others are given. A `textStream` turns tokens into text and is needed for
  /// stop strings; without it texts stay empty. A `constraint` says what texts must look like; settings that ask for
  /// one need a tokenizer to make it, so there `TextGenerator` is to be used.
  /// - Throws: `GenerationError` for a prompt that does not fit the context or holds an unknown token, for stop
  ///   strings and phrases given as text without a tokenizer, where nothing bounds the length, and where no text that
  ///   follows the constraint fits.
  public init(
    _ model: any LanguageModel, _ prompts: [TokenPrompt], settings: GenerationSettings,
    configuration: GenerationConfiguration = GenerationConfiguration(), endTokens: [Int]? = nil,
    constraint: (any TokenConstraint)? = nil
  ) throws {
    try self.init(
      model, prompts, settings: settings, configuration: configuration, endTokens: endTokens, textStream: nil,
      encode: nil, constraint: constraint)
  }

  package init(
    _ model: any LanguageModel, _ prompts: [TokenPrompt], settings: GenerationSettings,
    configuration: GenerationConfiguration = GenerationConfiguration(), endTokens: [Int]? = nil,
    textStream: (any TokenTextStream)?, encode: (@Sendable (String) -> [Int])? = nil,
    constraint: (any TokenConstraint)? = nil
  ) throws {
    if constraint == nil, settings.isConstrained {
      throw GenerationError("a regular expression or a JSON schema needs a tokenizer, and none was given")
    }
    if textStream == nil, !settings.stop.isEmpty {
      throw GenerationError("stop strings need a tokenizer, and none was given")
    }
    let properties = try configuration.applied(to: model.properties)
    let prompts = try prompts.enumerated().map { try PromptCheck.checked($1, number: $0 + 1, properties) }
    limits = try prompts.enumerated().map { index, prompt in
      try PromptCheck.limit(
        promptLength: prompt.tokens.count, number: index + 1, settings: settings, configuration: configuration,
        properties)
    }
    let endTokens = endTokens ?? configuration.endTokens ?? properties.endTokens
    let rules = StopRules(
      endTokens: endTokens, limits: limits, text: textStream.map { RowText($0, stops: settings.stop) },
      constraint: constraint)
    if let constraint {
      for (index, limit) in limits.enumerated() { try constraint.check(limit, prompt: index + 1) }
    }
    let situation = StepSituation(
      vocabularySize: properties.vocabularySize, endTokens: endTokens, settings: settings, encode: encode)
    self.model = model
    results = Array(repeating: [], count: prompts.count)
    // Equal prompts are read once, and so is one that gets several texts.
    let (distinct, places) = Self.distinct(prompts.map(\.tokens))
    let begun = withoutGradients { model.begin(distinct) }
    state = begun.state
    var first = begun.first
    if properties.kind == .encoderDecoder, let token = configuration.decoderStartToken {
      first = first.map { _ in [token] }
    }
    let start = DecodingStart(
      prompts: prompts, first: places.map { first[$0] }, settings: settings, steps: try situation.steps(),
      rules: rules, vocabularySize: properties.vocabularySize)
    strategy = settings.beams > 1 ? try BeamStrategy(start, situation) : PickingStrategy(start)
    pending = prompts.isEmpty ? nil : (Array(distinct.indices), first)
    branches = settings.beams > 1 ? places : places.flatMap { Array(repeating: $0, count: settings.returnSequences) }
  }

  /// The different rows, and for each row its place among them.
  private static func distinct(_ rows: [[Int]]) -> (rows: [[Int]], places: [Int]) {
    var distinct: [[Int]] = []
    var known: [[Int]: Int] = [:]
    let places = rows.map { row in
      if let place = known[row] { return place }
      known[row] = distinct.count
      distinct.append(row)
      return distinct.count - 1
    }
    return (distinct, places)
  }

  /// Goes on by one token a row; nil when every prompt is finished.
  ///
  /// Beam search gives a prompt's tokens all at once, when its search ends.
  /// - Throws: `GenerationError` if the model's logits are no numbers.
  public mutating func next() throws -> [GeneratedToken]? {
    guard let (rows, tokens) = pending else { return nil }
    let move = try withoutGradients {
      state.selectRows(rows)
      return try chosen(from: model.next(after: tokens, in: state))
    }
    for (prompt, sequences) in move.finished { results[prompt] = sequences }
    pending = move.rows.isEmpty ? nil : (move.rows, move.tokens.map { [$0] })
    return move.generated
  }

  private mutating func chosen(from logits: Tensor) throws -> DecodingMove {
    guard let branches else { return try strategy.choose(logits) }
    self.branches = nil
    let isPlain = branches.elementsEqual(0..<logits.size(0))
    var move = try strategy.choose(isPlain ? logits : logits.indexed(0, by: Tensor(branches, on: logits.device)))
    move.rows = move.rows.map { branches[$0] }
    return move
  }

  /// Goes on to the end and returns each prompt's best text.
  ///
  /// - Throws: `GenerationError` if the model's logits are no numbers.
  public mutating func finish() throws -> [GeneratedSequence] {
    while try next() != nil {}
    return results.compactMap(\.first)
  }
}
