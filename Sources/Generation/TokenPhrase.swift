import OrchardSettings

/// A few tokens in a row, given as a text or as token ids.
public enum TokenPhrase: LogitStepValue {
  /// A text; the tokenizer says which tokens it is.
  case text(String)
  /// Token ids.
  case tokens([Int])

  /// "a text, or token ids".
  public static func expected(_ limits: Limits) -> String { "a text, or a list of token ids" }

  /// Reads a text, a token id, or a list of token ids.
  public static func read(
    _ tree: SettingsTree, over current: TokenPhrase?, limits: Limits, into reader: inout SettingsReader
  ) -> TokenPhrase? {
    switch tree {
    case .scalar(let scalar) where !scalar.isNull && !scalar.text.isEmpty:
      if scalar.isPlain, let token = Int(scalar.text), token >= 0 { return .tokens([token]) }
      return .text(scalar.text)
    case .list(let elements, _) where !elements.isEmpty:
      let tokens = elements.compactMap { element in
        if case .scalar(let scalar) = element, scalar.isPlain, let token = Int(scalar.text), token >= 0 { return token }
        return nil
      }
      if tokens.count == elements.count { return .tokens(tokens) }
    default: break
    }
    reader.refuse(tree, expected: expected(limits))
    return nil
  }

  /// The text, or the list of ids.
  public var outline: SettingsOutline {
    switch self {
    case .text(let text): return text.outline
    case .tokens(let tokens): return .list(tokens.map(\.outline))
    }
  }

  /// The phrase for messages.
  var said: String {
    switch self {
    case .text(let text): return "“\(text)”"
    case .tokens(let tokens): return "the tokens \(tokens)"
    }
  }
}

extension StepSituation {
  /// The ways in which a phrase may stand in a text, as tokens: at its beginning, after a space, and glued to what
  /// stands before it.
  ///
  /// Ids are taken as they are. Tokenizers write a word differently in these places, so that one of them alone would
  /// miss most of its occurrences.
  func forms(of phrase: TokenPhrase, setting: String) throws -> [[Int]] {
    switch phrase {
    case .tokens(let tokens):
      try check(tokens, setting: setting)
      return [tokens]
    case .text(let text):
      let encode = try encoder(for: phrase, setting: setting)
      let candidates = [encode(text), behind("a", text: " " + text, encode), behind("(", text: text, encode)]
      return try different(candidates.compactMap { $0 }, of: phrase, setting: setting)
    }
  }

  /// The tokens of a phrase as it stands within a text, after a space.
  func form(of phrase: TokenPhrase, setting: String) throws -> [Int] {
    guard case .text(let text) = phrase else { return try forms(of: phrase, setting: setting)[0] }
    let encode = try encoder(for: phrase, setting: setting)
    let spaced = text.first?.isWhitespace == true ? text : " " + text
    return try different([behind("a", text: spaced, encode) ?? encode(text)], of: phrase, setting: setting)[0]
  }

  private func encoder(for phrase: TokenPhrase, setting: String) throws -> @Sendable (String) -> [Int] {
    guard let encode else {
      throw GenerationError("\(setting) holds the text \(phrase.said), but no tokenizer was given; use token ids")
    }
    return encode
  }

  /// The tokens that `text` adds behind `anchor`; nil where they cannot be told apart.
  private func behind(_ anchor: String, text: String, _ encode: (String) -> [Int]) -> [Int]? {
    let (before, both) = (encode(anchor), encode(anchor + text))
    return both.starts(with: before) ? Array(both.dropFirst(before.count)) : nil
  }

  private func different(_ forms: [[Int]], of phrase: TokenPhrase, setting: String) throws -> [[Int]] {
    var kept: [[Int]] = []
    for form in forms where !form.isEmpty && !kept.contains(form) { kept.append(form) }
    if kept.isEmpty { throw GenerationError("\(setting): the tokenizer makes no token of \(phrase.said)") }
    for form in kept { try check(form, setting: setting) }
    return kept
  }
}
