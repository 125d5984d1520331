import OrchardJSON

/// A setting that is one of several groups, chosen by the key `kind`.
///
/// ```yaml
/// optimiser: adamw          # with its defaults, or
/// optimiser:
///   kind: adamw
///   learning-rate: 1e-4
/// ```
public protocol SettingsChoice: SettingValue {
  /// The groups to choose from.
  static var catalog: Catalog<any SettingsGroup.Type> { get }
  /// The chosen group.
  var settings: any SettingsGroup { get }
  /// A choice of a group of one of the catalog's types.
  init(_ settings: any SettingsGroup)
}

extension SettingsChoice {
  /// The name of the chosen group.
  public var kind: String {
    Self.catalog.entries.first { $0.value == type(of: settings) }?.name ?? ""
  }

  /// "a kind, one of adamw, adafactor, and its keys".
  public static func expected(_ limits: Limits) -> String { "a kind, \(catalog.expected), and its keys" }

  /// Reads the kind, then its keys.
  public static func read(_ tree: SettingsTree, over current: Self?, limits: Limits, into reader: inout SettingsReader)
    -> Self?
  {
    switch tree {
    case .scalar(let scalar) where !scalar.isNull:
      return read([], kind: tree, at: scalar.place, over: current, into: &reader)
    case .group(var entries, let shorthand, let place):
      let index = entries.lastIndex { $0.key == "kind" }
      let kind = index.map { entries.remove(at: $0).value } ?? shorthand.map { .scalar($0) }
      return read(entries, kind: kind, at: place, over: current, into: &reader)
    default:
      reader.refuse(tree, expected: expected(limits))
      return nil
    }
  }

  private static func read(
    _ entries: [SettingsTree.Entry], kind: SettingsTree?, at place: SettingsPlace, over current: Self?,
    into reader: inout SettingsReader
  ) -> Self? {
    guard let kind else {
      // Without a kind the keys belong to the default's.
      guard let current else {
        reader.note("lacks its kind: \(catalog.expected)", at: place)
        return nil
      }
      let type: any SettingsGroup.Type = type(of: current.settings)
      return group(type, entries, at: place, over: current.settings, into: &reader)
    }
    let name = reader.under("kind") { catalog.readName(kind, into: &$0) }
    guard let entry = catalog.entries.first(where: { $0.name == name }) else { return nil }
    return group(entry.value, entries, at: place, over: current?.settings, into: &reader)
  }

  private static func group<Group: SettingsGroup>(
    _ type: Group.Type, _ entries: [SettingsTree.Entry], at place: SettingsPlace, over current: (any SettingsGroup)?,
    into reader: inout SettingsReader
  ) -> Self? {
    Group.read(entries, at: place, over: current as? Group, into: &reader).map { Self($0) }
  }

  /// The kind and the chosen group's fields.
  public var outline: SettingsOutline {
    let kind = SettingsOutline.Entry(
      name: "kind", help: "Which \(Self.catalog.noun).", expected: Self.catalog.expected, outline: .value(.string(kind))
    )
    guard case .group(let entries) = settings.outline else { return .group([kind]) }
    return .group([kind] + entries)
  }
}
