/// What went wrong with collected feedback, and what to do.
public struct FeedbackError: Error, CustomStringConvertible {
  /// One or two sentences for people.
  public let description: String

  /// An error with its text.
  public init(_ description: String) { self.description = description }
}
