import OrchardSettings

/// How many tokens are drafted at once with a draft model.
public enum DraftSchedule: String, NamedChoice {
  /// As many each time.
  case constant
  /// Two more after all were accepted, one less after some were not.
  case heuristic
}

/// How tokens are drafted, to be verified several at once.
///
/// The settings stand among those of `GenerationSettings`, under transformers' names.
public struct DraftSettings: Hashable, Sendable {
  /// How many tokens are copied from behind an earlier place like the present one; nil looks none up.
  public var lookupTokens: Int?
  /// The most tokens that such a place must have in common with the present one.
  public var longestMatch = 2
  /// How many tokens a draft model drafts at once, to begin with.
  public var tokens = 8
  /// How that number changes.
  public var schedule = DraftSchedule.constant
  /// A draft model stops drafting behind a token that it gave less than this probability.
  public var confidence = 0.4

  /// No drafts but those of a draft model, where one is given.
  public init() {}
}

extension GenerationSettings {
  static var draftFields: [Field<Self>] {
    [
      Field(
        "prompt-lookup-num-tokens", \Self.draft.lookupTokens,
        "Drafts this many tokens by copying what followed the last tokens earlier; the text stays the same.",
        .range(1...)),
      Field(
        "max-matching-ngram-size", \Self.draft.longestMatch, "Prompt lookup: the most tokens that are matched.",
        .range(1...)),
      Field(
        "num-assistant-tokens", \Self.draft.tokens, "Draft model: how many tokens it drafts at once.", .range(1...)),
      Field(
        "num-assistant-tokens-schedule", \Self.draft.schedule,
        "Draft model: whether that number stays or follows its success."),
      Field(
        "assistant-confidence-threshold", \Self.draft.confidence,
        "Draft model: it stops behind a token with less than this probability.", .range(0...1)),
    ]
  }

  /// What drafts do not go together with.
  var draftComplaints: [SettingsComplaint] {
    guard draft.lookupTokens != nil else { return [] }
    if beams > 1 {
      return [SettingsComplaint("prompt-lookup-num-tokens", "drafts one text, and num-beams is \(beams); give one")]
    }
    if contrast != nil {
      return [SettingsComplaint("prompt-lookup-num-tokens", "does not go with penalty-alpha; give one of the two")]
    }
    return []
  }
}
