/// Why a chat template could not be read or rendered.
public struct ChatTemplateError: Error, Equatable, CustomStringConvertible {
  /// The full sentence: what was wrong, where in the template, and what to do.
  public let description: String
  /// Whether the template itself raised the error, to refuse the messages.
  public let isRaised: Bool

  /// An error with the given sentence.
  public init(_ description: String, isRaised: Bool = false) {
    self.description = description
    self.isRaised = isRaised
  }
}

/// A place in a template.
struct JinjaPlace: Hashable, CustomStringConvertible {
  var line: Int
  var column: Int

  var description: String { "line \(line), column \(column)" }

  /// An error at this place.
  func error(_ what: String) -> ChatTemplateError { ChatTemplateError("chat template, \(self): \(what)") }
}
