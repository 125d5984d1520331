import Foundation
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Text in, text out: a model, its tokenizer, and its makers' defaults.
///
/// ```swift
/// let generator = try TextGenerator(folder: folder)
/// var settings = generator.configuration.settings
/// settings.maxNewTokens = 64
/// let texts = try generator.generate(["Once upon a time"], settings: settings)
/// ```
public struct TextGenerator {
  /// The model.
  public let model: any LanguageModel
  /// What turns text into tokens and back.
  public let tokenizer: Tokenizer
  /// What `generation_config.json` says.
  public let configuration: GenerationConfiguration
  /// A smaller model with the same tokens that drafts texts, so that they come sooner.
  public private(set) var draft: (any LanguageModel)?
  private let constraints = ConstraintCache()

  /// A generator of these parts.
  public init(
    model: any LanguageModel, tokenizer: Tokenizer, configuration: GenerationConfiguration = GenerationConfiguration()
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.configuration = configuration
  }

  /// Loads a Hugging Face folder.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws {
    try self.init(folder: folder, .plain(dtype), on: device)
  }

  /// Loads a Hugging Face folder with its weights in a format: `.quantized(.eight)` reads a quarter of fp32's bytes
  /// for each token.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder: URL, _ format: WeightFormat, on device: Device = .cpu) throws {
    // The small files first: what is wrong with them is then told at once.
    let configuration = try GenerationConfiguration(folder: folder)
    let tokenizer = try Tokenizer(folder: folder)
    self.init(
      model: try ModelFolder.load(folder, format, on: device), tokenizer: tokenizer,
      configuration: configuration)
  }

  /// This generator, for which the model of another one drafts: the same texts of likeliest tokens come sooner, and
  /// drawn ones have the same distribution.
  ///
  /// - Throws: `GenerationError` that names the difference where the two have not the same tokens, or are not of the
  ///   same kind.
  public func drafted(by other: TextGenerator) throws -> TextGenerator {
    try DraftCheck.check(other.tokenizer, beside: tokenizer)
    try DraftCheck.check(other.model.properties, beside: model.properties, GenerationSettings())
    var generator = self
    generator.draft = other.model
    return generator
  }

  /// The tokens that end a text.
  public var endTokens: [Int] {
    if let tokens = configuration.endTokens { return tokens }
    let tokens = model.properties.endTokens
    return tokens.isEmpty ? [tokenizer.endID].compactMap { $0 } : tokens
  }

  /// The tokens that the model reads for a prompt.
  ///
  /// An end token that the tokenizer puts behind every text is left out for a decoder, which is to go on from there,
  /// and put there for an encoder, which has learned its sources with one.
  /// `addSpecialTokens` is false for a text that holds its own, as a chat template writes them.
  public func tokens(of prompt: String, addSpecialTokens: Bool = true) -> [Int] {
    var tokens = tokenizer.encodeIDs(prompt, addSpecialTokens: addSpecialTokens)
    let ends = Set(endTokens)
    let endsSo = tokens.last.map(ends.contains) ?? false
    switch model.properties.kind {
    case .decoderOnly:
      let added = endsSo && addSpecialTokens && tokenizer.encodeIDs(prompt, addSpecialTokens: false).last != tokens.last
      if added { tokens.removeLast() }
    case .encoderDecoder:
      if !endsSo, let end = tokenizer.endID ?? endTokens.first { tokens.append(end) }
    }
    return tokens
  }

  /// Prompts in tokens; equal ones are numbered, so that their samples differ.
  ///
  /// `adapters` are the names of those that the texts are made with, text by text; empty for none.
  /// - Throws: `GenerationError` for a prompt that does not fit the model's context, or names an adapter that the model
  ///   has not.
  public func prompts(
    _ texts: [String], adapters: [String?] = [], settings: GenerationSettings
  ) throws -> [TokenPrompt] {
    precondition(
      adapters.isEmpty || adapters.count == texts.count, "\(adapters.count) adapters for \(texts.count) texts")
    var seen: [TokenPrompt: Int] = [:]
    return try texts.enumerated().map { index, text in
      let tokens = tokens(of: text)
      let adapter = adapters.isEmpty ? nil : adapters[index]
      var prompt = TokenPrompt(tokens, adapter: adapter)
      defer { seen[TokenPrompt(tokens, adapter: adapter), default: 0] += 1 }
      prompt.sample = seen[prompt] ?? 0
      _ = try limit(of: prompt, number: index + 1, settings: settings)
      return prompt
    }
  }

  /// How many tokens the answer to a prompt may have, and who says so.
  ///
  /// - Throws: `GenerationError` for a prompt that does not fit the model's context.
  public func limit(of prompt: TokenPrompt, number: Int = 1, settings: GenerationSettings) throws -> TokenLimit {
    let adapter = try AdapterChoice.place(of: prompt, number: number, on: model)
    let properties = AdapterChoice.properties(
      try configuration.applied(to: model.properties), with: adapter, on: model)
    let checked = try PromptCheck.checked(prompt, number: number, properties)
    return try PromptCheck.limit(
      promptLength: checked.tokens.count, number: number, settings: settings, configuration: configuration, properties)
  }

  /// Begins to generate the answers to prompts: `next()` gives token by token, with the text that has become certain.
  ///
  /// - Throws: `GenerationError` for a prompt that does not fit, or where nothing bounds the length; what is wrong with
  ///   a schema or an expression that the texts are to follow.
  public func begin(_ prompts: [TokenPrompt], settings: GenerationSettings) throws -> Decoding {
    try begin(prompts, settings: settings, reusing: nil)
  }

  /// The same, going on from what is `kept` of an earlier prompt that began with the same tokens.
  package func begin(
    _ prompts: [TokenPrompt], settings: GenerationSettings, reusing kept: KeptReading?
  ) throws -> Decoding {
    let tokenizer = tokenizer
    return try Decoding(
      model, prompts, settings: settings, configuration: configuration, endTokens: endTokens, draft: draft,
      textStream: TokenStream(tokenizer: tokenizer),
      encode: { tokenizer.encodeIDs($0, addSpecialTokens: false) }, constraint: constraint(settings), reusing: kept)
  }

  /// What the texts must look like, or nil where the settings leave them free.
  ///
  /// - Throws: an error that says what is wrong with the schema or the expression.
  public func constraint(_ settings: GenerationSettings) throws -> (any TokenConstraint)? {
    try constraints.constraint(
      settings, tokenizer: tokenizer, vocabularySize: model.properties.vocabularySize, endTokens: endTokens)
  }

  /// Generates the answers to prompts, in their order: of each prompt the best text, or the first drawn.
  ///
  /// Prompts of about the same length share a batch of at most `batchSize` rows; the texts do not depend on it.
  /// `report` is called after each token with the number of answers so far, and may throw to end the work.
  /// - Throws: `GenerationError` for a prompt that does not fit, before anything is generated.
  public func generate(
    _ texts: [String], settings: GenerationSettings, batchSize: Int = 8, report: (Int) throws -> Void = { _ in }
  ) throws -> [GeneratedSequence] {
    try generate(prompts(texts, settings: settings), settings: settings, batchSize: batchSize, report: report)
  }

  /// Generates the answers to prompts in tokens, in their order: of each the best text, or the first drawn.
  ///
  /// - Throws: `GenerationError` for a prompt that does not fit.
  public func generate(
    _ prompts: [TokenPrompt], settings: GenerationSettings, batchSize: Int = 8, report: (Int) throws -> Void = { _ in }
  ) throws -> [GeneratedSequence] {
    try generateAll(prompts, settings: settings, batchSize: batchSize, report: report).compactMap(\.first)
  }

  /// Generates all texts of each prompt, `settings.returnSequences` of them: of beams the best first.
  ///
  /// - Throws: `GenerationError` for a prompt that does not fit.
  public func generateAll(
    _ prompts: [TokenPrompt], settings: GenerationSettings, batchSize: Int = 8, report: (Int) throws -> Void = { _ in }
  ) throws -> [[GeneratedSequence]] {
    var answers = [[GeneratedSequence]](repeating: [], count: prompts.count)
    let order = prompts.indices.sorted {
      (prompts[$0].tokens.count, $0) < (prompts[$1].tokens.count, $1)
    }
    var done = 0
    for start in stride(from: 0, to: order.count, by: max(1, batchSize)) {
      let batch = order[start..<min(start + max(1, batchSize), order.count)]
      var decoding = try begin(batch.map { prompts[$0] }, settings: settings)
      while try decoding.next() != nil { try report(done) }
      for (index, sequences) in zip(batch, decoding.results) { answers[index] = sequences }
      done += batch.count
      try report(done)
    }
    return answers
  }
}

extension TokenStream: TokenTextStream {}
