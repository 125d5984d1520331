import OrchardGrammars
import OrchardTokenizers
import Synchronization

/// The constraints that a generator has made, so that each batch finds what the ones before have learned.
final class ConstraintCache: Sendable {
  private struct Key: Hashable {
    let texts: [String?]
    let endTokens: [Int]
  }

  private struct Known: Sendable {
    var vocabulary: (endTokens: [Int], vocabulary: TokenVocabulary)?
    var constraints: [(key: Key, constraint: GrammarConstraint)] = []
  }

  private let known = Mutex(Known())
  private static let most = 16

  /// The constraint of some settings, or nil where texts are free; one cache serves one tokenizer and model.
  ///
  /// - Throws: an error that says what is wrong with the schema or the expression.
  func constraint(
    _ settings: GenerationSettings, tokenizer: Tokenizer, vocabularySize: Int, endTokens: [Int]
  ) throws -> GrammarConstraint? {
    guard settings.isConstrained else { return nil }
    let key = Key(
      texts: [settings.regex, settings.jsonSchema, settings.json ? "json" : nil, settings.jsonSpacing.rawValue],
      endTokens: endTokens)
    return try known.withLock { known in
      if let found = known.constraints.first(where: { $0.key == key }) { return found.constraint }
      guard let (grammar, name) = try settings.grammar() else { return nil }
      let shared = known.vocabulary.flatMap { $0.endTokens == endTokens ? $0.vocabulary : nil }
      let vocabulary = try shared ?? TokenVocabulary(tokenizer, size: vocabularySize, endTokens: endTokens)
      known.vocabulary = (endTokens, vocabulary)
      let constraint = GrammarConstraint(grammar, name: name, vocabulary, endTokens: endTokens)
      if known.constraints.count >= Self.most { known.constraints.removeFirst() }
      known.constraints.append((key, constraint))
      return constraint
    }
  }
}
