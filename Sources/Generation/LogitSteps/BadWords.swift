import OrchardSettings

/// Rules out phrases: the last token of each, where the others have just been written.
///
/// An end token alone is never ruled out so, as in transformers.
public enum BadWords {
  static let kind = LogitStepKind(
    "bad-words", "Phrases that must not occur: texts, or lists of token ids.", part: .always, fileKey: "bad_words_ids"
  ) { (phrases: [TokenPhrase], situation) in
    let forms = try phrases.flatMap { try situation.forms(of: $0, setting: "bad-words") }
    let ends = situation.endTokens.map { [$0] }
    return SequenceBias(forms.filter { !ends.contains($0) }.map { SequenceBias.Entry($0, -.infinity) })
  }
}
