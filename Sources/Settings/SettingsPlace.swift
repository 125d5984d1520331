/// Where a setting was written: a line of a file, or an override on the command line.
public struct SettingsPlace: Sendable, Equatable {
  /// The recipe's file, or nil for a text that came from elsewhere.
  public var file: String?
  /// The line, counted from 1, where it is known.
  public var line: Int?
  /// The override as it was typed, for a value from the command line.
  public var override: String?

  /// A place in a file, or an override.
  public init(file: String? = nil, line: Int? = nil, override: String? = nil) {
    self.file = file
    self.line = line
    self.override = override
  }

  /// The place for people: `recipe.yaml, line 3`; empty where nothing is known.
  public var text: String {
    if let override { return "override “\(override)”" }
    return [file, line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
  }
}
