import OrchardModels
import OrchardTokenizers

/// What is checked of a draft model: it must speak of the same tokens.
enum DraftCheck {
  /// Throws unless a draft model goes with a model and with the settings.
  static func check(_ draft: ModelProperties, beside model: ModelProperties, _ settings: GenerationSettings) throws {
    guard draft.kind == model.kind else {
      throw GenerationError(
        "the draft model is \(name(draft)), but the model is \(name(model)): choose a draft model of the same kind")
    }
    let rival: String? =
      settings.beams > 1
      ? "num-beams"
      : settings.contrast != nil
        ? "penalty-alpha"
        : settings.draft.lookupTokens.map { _ in
          "prompt-lookup-num-tokens"
        }
    if let rival { throw GenerationError("a draft model does not go with \(rival): leave out one of the two") }
  }

  private static func name(_ properties: ModelProperties) -> String {
    "\(properties.kind == .decoderOnly ? "a decoder" : "an encoder–decoder") (\(properties.architecture))"
  }

  /// Throws, naming the first difference, unless two tokenizers give every id the same token.
  static func check(_ draft: Tokenizer, beside tokenizer: Tokenizer) throws {
    let (ours, theirs) = (tokenizer.vocabularySize, draft.vocabularySize)
    let wrong = (0..<max(ours, theirs)).first { tokenizer.token(for: $0) != draft.token(for: $0) }
    guard let wrong else { return }
    func said(_ tokenizer: Tokenizer) -> String { tokenizer.token(for: wrong).map { "“\($0)”" } ?? "no token" }
    throw GenerationError(
      "the draft model has another vocabulary: the id \(wrong) is \(said(draft)) there and \(said(tokenizer)) in the "
        + "model (\(theirs) and \(ours) tokens); choose a draft model of the same family")
  }
}
