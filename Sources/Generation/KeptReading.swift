import OrchardModels

/// What a model has read of a conversation, kept so that the next prompt that begins with the same tokens is not read
/// again from its start.
///
/// Whoever goes on with it takes it away: two conversations never write into the same memory.
package final class KeptReading {
  private var kept: (state: DecodingState, tokens: [Int])?

  /// Nothing yet.
  package init() {}

  /// The tokens that are kept.
  package var tokens: [Int] { kept?.tokens ?? [] }

  /// Keeps a state of one row that has read `tokens`.
  func keep(_ state: DecodingState, tokens: [Int]) { kept = (state, tokens) }

  /// Takes the state away, cut to the tokens that `prompt` begins with too; nil where there are none, or
  /// they were read with another adapter.
  ///
  /// The prompt's last token is left to be read, since the next one is foretold from there.
  package func take(for prompt: [Int], adapter: Int? = nil) -> DecodingState? {
    defer { kept = nil }
    guard let (state, tokens) = kept, (state.adapters.first ?? nil) == adapter else { return nil }
    let common = zip(tokens, prompt.dropLast()).prefix { $0 == $1 }.count
    guard common > 0 else { return nil }
    state.truncate(to: [state.virtualCounts[0] + common])
    return state
  }
}
