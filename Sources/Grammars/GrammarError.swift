/// Why a pattern or a schema cannot guide a text, told for people.
public struct GrammarError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, where, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
