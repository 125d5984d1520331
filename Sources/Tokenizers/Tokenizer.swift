import Foundation
import OrchardJSON
import Synchronization

/// Turns text into the tokens of a model and back, as a `tokenizer.json` describes it.
///
/// A tokenizer may be used from several threads at once.
public final class Tokenizer: Sendable {
  /// The `tokenizer.json`, as it was read or made from older files.
  public let json: JSONValue
  /// The `tokenizer_config.json`, or nil where there is none.
  public let configuration: JSONValue?
  /// The raw text of the chat template, or nil where there is none.
  public let chatTemplate: String?
  let specialTokens: SpecialTokenNames

  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let model: any VocabularyModel
  let postProcessor: (any PostProcessor)?
  let decoder: (any Decoder)?
  let added: AddedTokens
  /// Whether offsets must be followed even where they are not asked for, because a stage looks at them.
  let alwaysTracks: Bool
  /// Whether text is cut before U+2581, which the model's merges never cross.
  let cutsWords: Bool
  private let workspaces = Mutex<[Workspace]>([])

  /// A tokenizer from its documents.
  ///
  /// - Parameters:
  ///   - json: The content of `tokenizer.json`. Its truncation and padding are kept, but not applied.
  ///   - configuration: The content of `tokenizer_config.json`: special tokens and the chat template.
  /// - Throws: `TokenizerError` with the place of what is missing, wrong or not known.
  public convenience init(json: JSONValue, configuration: JSONValue? = nil) throws {
    try self.init(json: json, configuration: configuration, specialTokensMap: nil, chatTemplate: nil)
  }

  init(json: JSONValue, configuration: JSONValue?, specialTokensMap: JSONValue?, chatTemplate: String?) throws {
    guard json.object != nil else {
      throw TokenizerError("tokenizer.json should be an object, but is \(json.kind).")
    }
    func stage<Stage>(_ key: String, _ read: (StageSettings) throws -> Stage) throws -> Stage? {
      guard let value = json[key], !value.isNull else { return nil }
      return try read(StageSettings(value, at: key))
    }
    guard var model = try stage("model", Catalog.model) else {
      throw TokenizerError("tokenizer.json has no “model”.")
    }
    let normalizer = try stage("normalizer", Catalog.normalizer)
    var preTokenizer = try stage("pre_tokenizer", Catalog.preTokenizer)
    added = try AddedTokens(json, vocabulary: model.vocabulary, normalizer: normalizer)
    alwaysTracks = normalizer != nil && preTokenizer.map(Self.looksAtPosition) ?? false
    if let last = preTokenizer?.leavingBytes, let bytes = (model as? BytePairModel)?.takingBytes() {
      (preTokenizer, model) = (last, bytes)
    }
    cutsWords = (model as? BytePairModel)?.mergesStayInWords ?? false
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    postProcessor = try stage("post_processor", Catalog.postProcessor)
    decoder = try stage("decoder", Catalog.decoder)
    self.json = json
    self.configuration = configuration
    self.chatTemplate = chatTemplate ?? Self.chatTemplate(in: configuration)
    specialTokens = SpecialTokenNames(configuration: configuration, map: specialTokensMap)
  }

  private static func looksAtPosition(_ stage: any PreTokenizer) -> Bool {
    if let sequence = stage as? PreTokenizerSequence { return sequence.stages.contains(where: looksAtPosition) }
    return (stage as? MetaspacePreTokenizer)?.looksAtPosition ?? false
  }

  /// The largest token number and one more, added tokens included.
  public var vocabularySize: Int { max(model.vocabulary.count, added.largestNumber + 1) }

  /// The token with a number, or nil where there is none.
  public func token(for id: Int) -> String? {
    if let token = added[id] { return token.content }
    return model.vocabulary.token(id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The number of a token, or nil where there is none.
  public func id(for token: String) -> Int? { added.number(of: token) ?? model.vocabulary.number(of: token) }

  /// The number of the token that a text starts with, where the tokenizer names one.
  public var beginningID: Int? { specialTokens.name(.beginning).flatMap(id) ?? wellKnown(.beginning) }

  /// The number of the token that ends a text, where the tokenizer names one.
  public var endID: Int? { specialTokens.name(.end).flatMap(id) ?? wellKnown(.end) }

  /// The number of the token that fills up shorter texts of a batch, where the tokenizer names one.
  public var paddingID: Int? { specialTokens.name(.padding).flatMap(id) ?? wellKnown(.padding) }

  /// The number of the token for what is not in the vocabulary, where the tokenizer names one.
  public var unknownID: Int? {
    specialTokens.name(.unknown).flatMap(id) ?? model.unknownID.map(Int.init) ?? wellKnown(.unknown)
  }

  /// The number of the token that stands for a gap to be filled, where the tokenizer names one.
  public var maskID: Int? { specialTokens.name(.mask).flatMap(id) ?? wellKnown(.mask) }

  /// The first of a role's usual names that is in the vocabulary, where no file names any special token.
  private func wellKnown(_ role: SpecialTokenNames.Role) -> Int? {
    specialTokens.isEmpty ? role.usualNames.lazy.compactMap(id).first : nil
  }

  /// Whether a number is that of a special token, which decoding may leave out.
  public func isSpecial(_ id: Int) -> Bool { added[id]?.isSpecial ?? false }

  /// Lends memory for one encoding; each call at the same time gets its own.
  func withWorkspace<Result>(_ body: (inout Workspace) throws -> Result) rethrows -> Result {
    var workspace = workspaces.withLock { $0.popLast() } ?? Workspace()
    defer { workspaces.withLock { $0.append(workspace) } }
    return try body(&workspace)
  }

  /// Memory used again from one encoding to the next.
  struct Workspace: Sendable {
    var cache = WordCache()
    var run = TokenRun()
    var scratch = ModelScratch()
  }
}

extension PreTokenizer {
  /// The same stage, leaving bytes as they are where it would write them as visible characters last; else nil.
  fileprivate var leavingBytes: (any PreTokenizer)? {
    if let stage = self as? ByteLevelPreTokenizer { return stage.keepingBytes }
    guard let stages = (self as? PreTokenizerSequence)?.stages, let last = stages.last as? ByteLevelPreTokenizer,
      !stages.dropLast().contains(where: { $0 is ByteLevelPreTokenizer })
    else { return nil }
    return PreTokenizerSequence(stages.dropLast() + [last.keepingBytes])
  }
}
