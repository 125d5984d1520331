/// Why a tokenizer could not be read or written.
public struct TokenizerError: Error, Equatable, CustomStringConvertible {
  /// The full sentence: what was wrong, where, and what to do.
  public let description: String

  /// An error with the given sentence.
  public init(_ description: String) { self.description = description }
}
