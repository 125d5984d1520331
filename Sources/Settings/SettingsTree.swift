import OrchardJSON

/// A recipe as it was written, before anybody says what its keys mean: every value with its place.
public indirect enum SettingsTree: Sendable {
  /// One value.
  case scalar(Scalar)
  /// Values in order.
  case list([SettingsTree], SettingsPlace)
  /// Keys and values in order.
  ///
  /// `shorthand` is the single value that stood here before an override reached beneath it.
  case group([Entry], shorthand: Scalar?, SettingsPlace)

  /// One value as it was written.
  ///
  /// What it means is decided by the setting that takes it: a text field takes a bare `no` as the word
  /// "no", and a number field takes `1e-4`, which YAML 1.1 would hold for a text.
  public struct Scalar: Sendable {
    /// The text, without quotes.
    public var text: String
    /// Whether it stood without quotes.
    public var isPlain: Bool
    /// Where it stood.
    public var place: SettingsPlace

    /// Whether it means "no value".
    public var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
  }

  /// A key with its value.
  public struct Entry: Sendable {
    /// The key.
    public var key: String
    /// Where the key stood.
    public var place: SettingsPlace
    /// The value.
    public var value: SettingsTree
  }

  /// Where this part of the recipe begins.
  public var place: SettingsPlace {
    switch self {
    case .scalar(let scalar): return scalar.place
    case .list(_, let place), .group(_, _, let place): return place
    }
  }

  /// Whether this is a value left out.
  public var isNull: Bool {
    if case .scalar(let scalar) = self { return scalar.isNull }
    return false
  }

  /// This part of the recipe for messages: the value in quotes, or "a list", "a group of keys".
  public var said: String {
    switch self {
    case .scalar(let scalar) where scalar.isNull: return "left empty"
    case .scalar(let scalar): return scalar.isPlain ? "“\(scalar.text)”" : "the text \"\(scalar.text)\" in quotes"
    case .list: return "a list"
    case .group: return "a group of keys"
    }
  }

  /// The tree of a JSON value.
  public init(_ value: JSONValue, place: SettingsPlace = SettingsPlace()) {
    func plain(_ text: String) -> SettingsTree { .scalar(Scalar(text: text, isPlain: true, place: place)) }
    switch value {
    case .null: self = plain("null")
    case .bool(let value): self = plain(value ? "true" : "false")
    case .integer(let value): self = plain(String(value))
    case .number(let value): self = plain(String(value))
    case .string(let text): self = .scalar(Scalar(text: text, isPlain: false, place: place))
    case .array(let elements): self = .list(elements.map { SettingsTree($0, place: place) }, place)
    case .object(let object):
      let entries = object.entries.map { Entry(key: $0.key, place: place, value: SettingsTree($0.value, place: place)) }
      self = .group(entries, shorthand: nil, place)
    }
  }
}
