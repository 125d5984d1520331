/// One setting of a group: its key, what it is for, and where in the group its value lives.
public struct Field<Group: SettingsGroup>: Sendable {
  /// The key in a recipe, in small letters with hyphens.
  public let name: String
  /// What the setting is for, and its unit.
  public let help: String
  /// Whether a recipe must give it.
  public let isRequired: Bool
  let expected: String
  let take: @Sendable (inout Group, SettingsTree?, SettingsPlace, inout SettingsReader) -> Void
  let outline: @Sendable (Group) -> SettingsOutline

  /// A setting.
  ///
  /// The default is what the group's `init()` gives. A required setting has none: there the value
  /// from `init()` stands only in the example recipe.
  public init<Value: SettingValue>(
    _ name: String, _ path: any WritableKeyPath<Group, Value> & Sendable, _ help: String, _ limits: Limits = .none,
    required: Bool = false
  ) {
    self.init(name, path, help, expected: Value.expected(limits), required: required) { tree, current, reader in
      Value.read(tree, over: current, limits: limits, into: &reader)
    }
  }

  /// A setting that takes the name of one of a catalog's entries.
  public init<Entry>(
    _ name: String, _ path: any WritableKeyPath<Group, String> & Sendable, _ help: String, in catalog: Catalog<Entry>,
    required: Bool = false
  ) {
    self.init(name, path, help, expected: catalog.expected, required: required) { tree, _, reader in
      catalog.readName(tree, into: &reader)
    }
  }

  /// A setting that may take the name of one of a catalog's entries.
  public init<Entry>(
    _ name: String, _ path: any WritableKeyPath<Group, String?> & Sendable, _ help: String, in catalog: Catalog<Entry>
  ) {
    self.init(name, path, help, expected: catalog.expected + ", or nothing", required: false) { tree, _, reader in
      if tree.isNull { return .some(nil) }
      return catalog.readName(tree, into: &reader).map { .some($0) }
    }
  }

  /// A setting of a group that is part of this one, shown among this one's own.
  public init<Part>(_ field: Field<Part>, of path: any WritableKeyPath<Group, Part> & Sendable) {
    name = field.name
    help = field.help
    isRequired = field.isRequired
    expected = field.expected
    outline = { field.outline($0[keyPath: path]) }
    take = { group, tree, place, reader in field.take(&group[keyPath: path], tree, place, &reader) }
  }

  private init<Value: SettingValue>(
    _ name: String, _ path: any WritableKeyPath<Group, Value> & Sendable, _ help: String, expected: String,
    required: Bool, read: @escaping @Sendable (SettingsTree, Value, inout SettingsReader) -> Value?
  ) {
    self.name = name
    self.help = help
    self.isRequired = required
    self.expected = expected
    outline = { $0[keyPath: path].outline }
    take = { group, tree, place, reader in
      reader.under(name) { reader in
        var tree = tree
        // A group left out, or left empty, is still read: fields inside it may be required.
        if Value.self is any SettingsGroup.Type, tree?.isNull != false {
          tree = .group([], shorthand: nil, tree?.place ?? place)
        }
        if let tree {
          if let value = read(tree, group[keyPath: path], &reader) { group[keyPath: path] = value }
        } else if required {
          reader.note("is missing: \(help) (\(expected))", at: place)
        }
      }
    }
  }
}
