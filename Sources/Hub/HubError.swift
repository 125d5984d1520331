/// What went wrong with the hub or its cache, in words for people.
public struct HubError: Error, CustomStringConvertible, Sendable {
  /// What was wrong, where, and what to do.
  public let description: String

  /// An error with its words.
  public init(_ description: String) { self.description = description }
}
