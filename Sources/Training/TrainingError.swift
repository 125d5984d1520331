/// What can stop a training run, told for people.
public struct TrainingError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, where, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
