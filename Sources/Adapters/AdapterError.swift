/// What can be wrong with an adapter, its folder, or the model that it is for, told for people.
public struct AdapterError: Error, Equatable, CustomStringConvertible {
  /// The whole sentence: what was wrong, where, and the way out.
  public let description: String

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
