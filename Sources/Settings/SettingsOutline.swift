import OrchardJSON

/// Settings as they are written into a recipe: values with the names and help of their fields.
public indirect enum SettingsOutline: Sendable {
  /// One value.
  case value(JSONValue)
  /// Elements in order.
  case list([SettingsOutline])
  /// Values under names that the user chose.
  case names([(name: String, outline: SettingsOutline)])
  /// The fields of a group.
  case group([Entry])

  /// One field of a group.
  public struct Entry: Sendable {
    /// The field's key.
    public var name: String
    /// What the field is for.
    public var help: String
    /// What its value must be; empty where that goes without saying.
    public var expected: String
    /// The value.
    public var outline: SettingsOutline
  }

  /// The values alone.
  public var json: JSONValue {
    switch self {
    case .value(let value): return value
    case .list(let elements): return .array(elements.map(\.json))
    case .names(let entries): return .object(JSONObject(entries.map { ($0.name, $0.outline.json) }))
    case .group(let entries): return .object(JSONObject(entries.map { ($0.name, $0.outline.json) }))
    }
  }

  /// The dotted keys of all fields.
  var keys: [String] {
    guard case .group(let entries) = self else { return [] }
    return entries.flatMap { entry in [entry.name] + entry.outline.keys.map { "\(entry.name).\($0)" } }
  }
}
