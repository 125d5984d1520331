import OrchardJSON

/// The kinds of stages that a `tokenizer.json` may name: one line for each name.
package enum Catalog {
  /// What may stand under `normalizer`.
  package static let normalizers: [String: any Normalizer.Type] = [
    "BertNormalizer": BertNormalizer.self,
    "ByteLevel": ByteLevelNormalizer.self,
    "Lowercase": Lowercase.self,
    "NFC": UnicodeForm.self,
    "NFD": UnicodeForm.self,
    "NFKC": UnicodeForm.self,
    "NFKD": UnicodeForm.self,
    "Nmt": NmtNormalizer.self,
    "Precompiled": PrecompiledNormalizer.self,
    "Prepend": PrependNormalizer.self,
    "Replace": ReplaceNormalizer.self,
    "Sequence": NormalizerSequence.self,
    "Strip": StripNormalizer.self,
    "StripAccents": StripAccents.self,
  ]

  /// What may stand under `pre_tokenizer`.
  package static let preTokenizers: [String: any PreTokenizer.Type] = [
    "BertPreTokenizer": BertPreTokenizer.self,
    "ByteLevel": ByteLevelPreTokenizer.self,
    "CharDelimiterSplit": CharacterDelimiterSplit.self,
    "Digits": DigitSplit.self,
    "FixedLength": FixedLengthSplit.self,
    "Metaspace": MetaspacePreTokenizer.self,
    "Punctuation": PunctuationSplit.self,
    "Sequence": PreTokenizerSequence.self,
    "Split": PatternSplit.self,
    "UnicodeScripts": ScriptSplit.self,
    "Whitespace": WordSplit.self,
    "WhitespaceSplit": WhitespaceSplit.self,
  ]

  /// What may stand under `model`.
  package static let models: [String: any VocabularyModel.Type] = [
    "BPE": BytePairModel.self,
    "Unigram": UnigramModel.self,
    "WordLevel": WordLevelModel.self,
    "WordPiece": WordPieceModel.self,
  ]

  /// What may stand under `post_processor`.
  package static let postProcessors: [String: any PostProcessor.Type] = [
    "BertProcessing": BertPostProcessor.self,
    "ByteLevel": ByteLevelPostProcessor.self,
    "RobertaProcessing": RobertaPostProcessor.self,
    "Sequence": PostProcessorSequence.self,
    "TemplateProcessing": TemplatePostProcessor.self,
  ]

  /// What may stand under `decoder`.
  package static let decoders: [String: any Decoder.Type] = [
    "BPEDecoder": SuffixDecoder.self,
    "ByteFallback": ByteFallbackDecoder.self,
    "ByteLevel": ByteLevelDecoder.self,
    "Fuse": FuseDecoder.self,
    "Metaspace": MetaspaceDecoder.self,
    "Replace": ReplaceDecoder.self,
    "Sequence": DecoderSequence.self,
    "Strip": StripDecoder.self,
    "WordPiece": WordPieceDecoder.self,
  ]

  static func normalizer(_ settings: StageSettings) throws -> any Normalizer {
    try kind(settings, of: normalizers, "normalizer").init(settings)
  }

  static func preTokenizer(_ settings: StageSettings) throws -> any PreTokenizer {
    try kind(settings, of: preTokenizers, "pre-tokenizer").init(settings)
  }

  static func model(_ settings: StageSettings) throws -> any VocabularyModel {
    let name = try settings.optionalString("type") ?? guessedModel(settings)
    guard let model = models[name] else { throw unknown(name, settings, known: Array(models.keys), "model") }
    return try model.init(settings)
  }

  static func postProcessor(_ settings: StageSettings) throws -> any PostProcessor {
    try kind(settings, of: postProcessors, "post-processor").init(settings)
  }

  static func decoder(_ settings: StageSettings) throws -> any Decoder {
    try kind(settings, of: decoders, "decoder").init(settings)
  }

  private static func kind<Kind>(_ settings: StageSettings, of kinds: [String: Kind], _ role: String) throws -> Kind {
    let name = try settings.kind()
    guard let kind = kinds[name] else { throw unknown(name, settings, known: Array(kinds.keys), role) }
    return kind
  }

  private static func unknown(
    _ name: String, _ settings: StageSettings, known: [String], _ role: String
  ) -> TokenizerError {
    settings.problem("the \(role) “\(name)” is not known; known are \(known.sorted().joined(separator: ", ")).")
  }

  /// Old files leave the model's type out.
  private static func guessedModel(_ settings: StageSettings) -> String {
    if settings.json["merges"] != nil { return "BPE" }
    if settings.json["vocab"]?.array != nil { return "Unigram" }
    return settings.json["continuing_subword_prefix"] != nil ? "WordPiece" : "WordLevel"
  }
}
