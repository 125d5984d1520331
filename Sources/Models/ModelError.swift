/// What can be wrong with a model's folder or with what a model is asked, told for people.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, where, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
