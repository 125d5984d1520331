/// What can go wrong while a model reasons, told for people.
public struct AugmentationError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
