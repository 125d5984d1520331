/// What one row teaches a model.
public enum Example: Sendable, Equatable {
  /// A text to be continued from its first token on.
  case text(String)
  /// A prompt that is read and a completion that is learned.
  case promptCompletion(Prompt)
}
