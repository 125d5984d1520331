import OrchardSettings

/// A phrase that must occur, or several of which one must.
public enum ForcedPhrase: SettingValue, Hashable {
  /// This phrase.
  case phrase(TokenPhrase)
  /// One of these phrases.
  case anyOf([TokenPhrase])

  /// The phrases of which one must occur.
  public var alternatives: [TokenPhrase] {
    switch self {
    case .phrase(let phrase): return [phrase]
    case .anyOf(let phrases): return phrases
    }
  }

  /// "a phrase, or a list of phrases".
  public static func expected(_ limits: Limits) -> String {
    "a text, a list of token ids, or a list of several of these of which one must occur"
  }

  /// Reads a phrase, or a list of phrases.
  ///
  /// A list of token ids is one phrase; a list with texts or lists in it is one of several.
  public static func read(
    _ tree: SettingsTree, over current: ForcedPhrase?, limits: Limits, into reader: inout SettingsReader
  ) -> ForcedPhrase? {
    if case .list(let elements, _) = tree, !elements.isEmpty, !elements.allSatisfy(isID) {
      let phrases = elements.compactMap { TokenPhrase.read($0, over: nil, limits: limits, into: &reader) }
      return phrases.count == elements.count ? .anyOf(phrases) : nil
    }
    return TokenPhrase.read(tree, over: nil, limits: limits, into: &reader).map { .phrase($0) }
  }

  private static func isID(_ tree: SettingsTree) -> Bool {
    if case .scalar(let scalar) = tree, scalar.isPlain { return Int(scalar.text) != nil }
    return false
  }

  /// The phrase, or the list of phrases.
  public var outline: SettingsOutline {
    switch self {
    case .phrase(let phrase): return phrase.outline
    case .anyOf(let phrases): return .list(phrases.map(\.outline))
    }
  }
}
