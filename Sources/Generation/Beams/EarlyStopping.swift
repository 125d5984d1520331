import OrchardSettings

/// When beam search ends, once it has as many finished texts as beams.
public enum EarlyStopping: String, NamedChoice {
  /// When the best running beam, scored at its present length, no longer beats the worst finished text.
  case no
  /// At once.
  case yes
  /// When no running beam can beat the worst finished text even at the greatest length allowed.
  case never
}
