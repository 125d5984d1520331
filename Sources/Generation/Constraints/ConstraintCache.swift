import OrchardGrammars
import OrchardTokenizers
import Synchronization

/// The constraints that a generator has made, so that each batch finds what the ones before have learned.
final class ConstraintCache: Sendable {
  private struct Key: Hashable {
    let text: [String?]
    let vocabularySize: Int
    let endTokens: [Int]
  }

  private let known = Mutex<[(key: Key, constraint: GrammarConstraint)]>([])
  private static let most = 8

  /// The constraint of some settings, or nil where texts are free.
  ///
  /// - Throws: an error that says what is wrong with the schema or the expression.
  func constraint(
    _ settings: GenerationSettings, tokenizer: Tokenizer, vocabularySize: Int, endTokens: [Int]
  ) throws -> GrammarConstraint? {
    guard settings.isConstrained else { return nil }
    let key = Key(
      text: [settings.regex, settings.jsonSchema, settings.json ? "json" : nil, settings.jsonSpacing.rawValue],
      vocabularySize: vocabularySize, endTokens: endTokens)
    if let found = known.withLock({ $0.first { $0.key == key }?.constraint }) { return found }
    guard let (grammar, name) = try settings.grammar() else { return nil }
    let constraint = try GrammarConstraint(
      grammar, name: name, tokenizer: tokenizer, vocabularySize: vocabularySize, endTokens: endTokens)
    known.withLock { known in
      if known.count >= Self.most { known.removeFirst() }
      known.append((key, constraint))
    }
    return constraint
  }
}
