/// Named things to choose from: an extension point's list.
///
/// Adding one is one new file and one line here.
public struct Catalog<Value: Sendable>: Sendable {
  /// One thing with its name.
  public struct Entry: Sendable {
    /// The name, in small letters with hyphens.
    public let name: String
    /// What it is, in one line.
    public let help: String
    /// The thing itself.
    public let value: Value

    /// A named thing.
    public init(_ name: String, _ help: String, _ value: Value) {
      self.name = name
      self.help = help
      self.value = value
    }
  }

  /// What the entries are, for messages: "schedule".
  public let noun: String
  /// The entries in order.
  public let entries: [Entry]

  /// A catalog of things called `noun`.
  public init(of noun: String, _ entries: [Entry]) {
    self.noun = noun
    self.entries = entries
  }

  /// The names in order.
  public var names: [String] { entries.map(\.name) }

  /// The thing called `name`.
  ///
  /// - Throws: `SettingsError` with the nearest name and the list of all.
  public func find(_ name: String) throws(SettingsError) -> Value {
    if let entry = entries.first(where: { $0.name == name }) { return entry.value }
    throw SettingsError(
      problem: "there is no \(noun) “\(name)”\(hint(for: name)) known: \(names.joined(separator: ", "))")
  }

  /// The names with their help, a line each, for a command's help.
  public var helpText: String {
    let width = names.map(\.count).max() ?? 0
    return entries.map { entry in
      entry.name + String(repeating: " ", count: width - entry.name.count + 2) + entry.help
    }.joined(separator: "\n")
  }

  var expected: String { "one of \(names.joined(separator: ", "))" }

  func readName(_ tree: SettingsTree, into reader: inout SettingsReader) -> String? {
    guard case .scalar(let scalar) = tree, names.contains(scalar.text) else {
      var hint = ""
      if case .scalar(let scalar) = tree { hint = NearestName.suggestion(for: scalar.text, in: names) }
      reader.refuse(tree, expected: expected, hint: hint)
      return nil
    }
    return scalar.text
  }

  private func hint(for name: String) -> String {
    let suggestion = NearestName.suggestion(for: name, in: names)
    return suggestion.isEmpty ? ";" : suggestion
  }
}
