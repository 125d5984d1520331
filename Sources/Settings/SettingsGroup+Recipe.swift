import Foundation
import OrchardJSON

extension SettingsGroup {
  /// Reads a tree over the defaults.
  ///
  /// - Throws: `SettingsError` with all that is wrong.
  public init(_ tree: SettingsTree) throws(SettingsError) {
    var reader = SettingsReader(allKeys: Self().outline.keys)
    let value = Self.read(tree, over: nil, limits: .none, into: &reader)
    guard let value, reader.problems.isEmpty else { throw SettingsError(reader.problems) }
    self = value
  }

  /// Reads a YAML (or JSON) text over the defaults, and `key.path=value` overrides over both.
  ///
  /// - Throws: `SettingsError` with all that is wrong, each with file, line and key.
  public init(yaml text: String, file: String? = nil, overrides: [String] = []) throws(SettingsError) {
    var tree = try SettingsTree(yaml: text, place: SettingsPlace(file: file))
    if tree.isNull { tree = .group([], shorthand: nil, tree.place) }
    for override in overrides { try tree.override(override) }
    try self.init(tree)
  }

  /// Reads a recipe file, YAML or JSON, and overrides over it.
  ///
  /// - Throws: `SettingsError`, also where the file is missing or is not UTF-8 text.
  public init(recipe file: URL, overrides: [String] = []) throws(SettingsError) {
    let text: String
    do {
      text = try TextFile.read(file)
    } catch {
      throw SettingsError(problem: error.description)
    }
    guard file.pathExtension.lowercased() == "json" else {
      try self.init(yaml: text, file: file.relativePath, overrides: overrides)
      return
    }
    // YAML's reader gives the lines; JSON that it cannot read (a tab, a surrogate pair) goes without them.
    let place = SettingsPlace(file: file.relativePath)
    let value: JSONValue
    do {
      value = try JSONValue(parsing: text)
    } catch {
      throw SettingsError(place: place, problem: "is not JSON: \(error)")
    }
    var tree = (try? SettingsTree(yaml: text, place: place)) ?? SettingsTree(value, place: place)
    for override in overrides { try tree.override(override) }
    try self.init(tree)
  }

  /// Reads a JSON value over the defaults: the way back from `resolved`.
  ///
  /// - Throws: `SettingsError` with all that is wrong.
  public init(_ value: JSONValue) throws(SettingsError) { try self.init(SettingsTree(value)) }

  /// All values, defaults included, as they are kept beside a run.
  public var resolved: JSONValue { outline.json }

  /// All values, defaults included, as a recipe.
  public var yaml: String { YAMLWriter.text(outline, comments: false) }

  /// A recipe with every default and every help line; it reads back as `example`.
  public static var exampleText: String { example.explainedText }

  /// The values as a recipe with every help line.
  public var explainedText: String {
    var text = ""
    if !Self.help.isEmpty { text += YAMLWriter.comment(Self.help, indent: 0) + "\n" }
    return text + YAMLWriter.text(outline, comments: true)
  }
}
