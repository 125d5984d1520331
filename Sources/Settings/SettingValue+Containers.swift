import OrchardJSON

extension Optional: SettingValue where Wrapped: SettingValue {
  /// What the value must be, or that it may be left empty.
  public static func expected(_ limits: Limits) -> String { "\(Wrapped.expected(limits)), or nothing" }

  /// Reads a value, or nil where it was left empty or `null`.
  public static func read(
    _ tree: SettingsTree, over current: Wrapped??, limits: Limits, into reader: inout SettingsReader
  ) -> Wrapped?? {
    if tree.isNull { return .some(nil) }
    guard let value = Wrapped.read(tree, over: current ?? nil, limits: limits, into: &reader) else { return nil }
    return .some(value)
  }

  /// The value, or null.
  public var outline: SettingsOutline { self?.outline ?? .value(.null) }
}

extension Array: SettingValue where Element: SettingValue {
  /// A list of what the elements must be.
  public static func expected(_ limits: Limits) -> String { "a list, each \(Element.expected(limits))" }

  /// Reads a list; a single value counts as a list of one.
  public static func read(
    _ tree: SettingsTree, over current: [Element]?, limits: Limits, into reader: inout SettingsReader
  ) -> [Element]? {
    guard case .list(let elements, _) = tree else {
      if tree.isNull {
        reader.refuse(tree, expected: expected(limits), hint: "; write [] for an empty list")
        return nil
      }
      return Element.read(tree, over: nil, limits: limits, into: &reader).map { [$0] }
    }
    var values: [Element] = []
    for (index, element) in elements.enumerated() {
      let value = reader.under(String(index)) { Element.read(element, over: nil, limits: limits, into: &$0) }
      if let value { values.append(value) }
    }
    return values.count == elements.count ? values : nil
  }

  /// The elements' outlines.
  public var outline: SettingsOutline { .list(map(\.outline)) }
}

extension Dictionary: SettingValue where Key == String, Value: SettingValue {
  /// Free keys, each with what the values must be.
  public static func expected(_ limits: Limits) -> String { "a group of names, each with \(Value.expected(limits))" }

  /// Reads a group whose keys the user chooses.
  public static func read(
    _ tree: SettingsTree, over current: [String: Value]?, limits: Limits, into reader: inout SettingsReader
  ) -> [String: Value]? {
    guard case .group(let entries, nil, _) = tree else {
      reader.refuse(tree, expected: expected(limits), hint: tree.isNull ? "; write {} for none" : "")
      return nil
    }
    var values: [String: Value] = [:]
    for entry in entries {
      let value = reader.under(entry.key) { Value.read(entry.value, over: nil, limits: limits, into: &$0) }
      if let value { values[entry.key] = value }
    }
    return values.count == entries.count ? values : nil
  }

  /// The values in the order of their names.
  public var outline: SettingsOutline {
    .names(sorted { $0.key < $1.key }.map { (name: $0.key, outline: $0.value.outline) })
  }
}

/// A setting that takes one of a few words; the raw values are the words.
public protocol NamedChoice: SettingValue, RawRepresentable, CaseIterable where RawValue == String {}

extension NamedChoice {
  /// "one of linear, cosine, constant".
  public static func expected(_ limits: Limits) -> String {
    "one of \(allCases.map(\.rawValue).joined(separator: ", "))"
  }

  /// Reads one of the words.
  public static func read(_ tree: SettingsTree, over current: Self?, limits: Limits, into reader: inout SettingsReader)
    -> Self?
  {
    guard case .scalar(let scalar) = tree else {
      reader.refuse(tree, expected: expected(limits))
      return nil
    }
    if let value = Self(rawValue: scalar.text) { return value }
    let hint = NearestName.suggestion(for: scalar.text, in: allCases.map(\.rawValue))
    reader.refuse(tree, expected: expected(limits), hint: hint)
    return nil
  }

  /// The word.
  public var outline: SettingsOutline { .value(.string(rawValue)) }
}
