import OrchardJSON
import OrchardSettings

/// What is done to a field's value before it stands in a prompt: `{{question|trim}}`.
///
/// A filter is a file in `TemplateFilters` and a line in `TemplateFilter.catalog`.
public struct TemplateFilter: Sendable {
  /// The name in templates.
  public let name: String
  /// What it does, in one line.
  public let help: String
  /// What it takes, for messages: "a text".
  public let takes: String
  /// The value made of another; nil where that is none it can take.
  public let apply: @Sendable (JSONValue) -> JSONValue?

  /// A filter.
  public init(_ name: String, _ help: String, takes: String, _ apply: @escaping @Sendable (JSONValue) -> JSONValue?) {
    self.name = name
    self.help = help
    self.takes = takes
    self.apply = apply
  }

  /// All filters, by name.
  public static let catalog = Catalog<TemplateFilter>(
    of: "template filter",
    [trim, paragraph, number, choices, spacedChoices, bestChoice, yesNo, rationale, finalAnswer].map {
      .init($0.name, $0.help, $0)
    })
}

extension JSONValue {
  /// A text, or a number or truth value written out.
  var writtenOut: String? {
    switch self {
    case .string(let text): text
    case .integer, .number, .bool: text
    case .null, .array, .object: nil
    }
  }
}
