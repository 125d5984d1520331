import OrchardJSON

/// A type that a setting can have.
///
/// Numbers, truth values, texts, choices (`NamedChoice`), groups (`SettingsGroup`), one of several groups
/// (`SettingsChoice`), and lists and optionals of these.
public protocol SettingValue: Sendable {
  /// What a value must be, for messages and comments: "a number above 0".
  static func expected(_ limits: Limits) -> String

  /// Reads a value, or notes in `reader` why it cannot and gives nil.
  ///
  /// `current` is the default over which a group is read key by key.
  static func read(_ tree: SettingsTree, over current: Self?, limits: Limits, into reader: inout SettingsReader)
    -> Self?

  /// The value as it is written into a recipe.
  var outline: SettingsOutline { get }
}

extension Int: SettingValue {
  /// "a whole number" with its limits.
  public static func expected(_ limits: Limits) -> String { "a whole number\(limits.said)" }

  /// Reads `20`, `2_000`, `1e3`.
  public static func read(_ tree: SettingsTree, over current: Int?, limits: Limits, into reader: inout SettingsReader)
    -> Int?
  {
    if let number = number(tree), let value = Int(exactly: number), limits.holds(number) {
      guard case .scalar(let scalar) = tree else { return value }
      // A whole number beyond a double's 53 bits is read digit by digit.
      return Int(scalar.text.filter { $0 != "_" }) ?? value
    }
    reader.refuse(tree, expected: expected(limits), hint: numberHint(tree))
    return nil
  }

  /// The number itself.
  public var outline: SettingsOutline { .value(.integer(self)) }
}

extension Double: SettingValue {
  /// "a number" with its limits.
  public static func expected(_ limits: Limits) -> String { "a number\(limits.said)" }

  /// Reads `0.1`, `1e-4`, `2_000`.
  public static func read(
    _ tree: SettingsTree, over current: Double?, limits: Limits, into reader: inout SettingsReader
  ) -> Double? {
    if let number = number(tree), limits.holds(number) { return number }
    reader.refuse(tree, expected: expected(limits), hint: numberHint(tree))
    return nil
  }

  /// The number itself.
  public var outline: SettingsOutline { .value(.number(self)) }
}

/// The finite number that stands there without quotes.
///
/// Swift's own reader would also take hexadecimal, "nan" and "inf"; only decimal digits are taken here.
private func number(_ tree: SettingsTree) -> Double? {
  guard case .scalar(let scalar) = tree, scalar.isPlain else { return nil }
  let text = scalar.text
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-._eE".utf8.contains($0) }),
    let first = text.utf8.first, first != UInt8(ascii: "_"), !text.hasSuffix("_"),
    let value = Double(text.filter { $0 != "_" }), value.isFinite
  else { return nil }
  return value
}

private func numberHint(_ tree: SettingsTree) -> String {
  guard case .scalar(let scalar) = tree else { return "" }
  if !scalar.isPlain, Double(scalar.text) != nil { return "; write it without quotes" }
  if scalar.text.hasSuffix("%") { return "; write a share as a number, such as 0.1 for 10%" }
  if scalar.text.contains(","), Double(scalar.text.filter { $0 != "," }) != nil {
    return "; write it without commas"
  }
  return ""
}

extension Bool: SettingValue {
  /// "true or false".
  public static func expected(_ limits: Limits) -> String { "true or false" }

  /// Reads `true`, `yes`, `on` and `false`, `no`, `off`.
  public static func read(_ tree: SettingsTree, over current: Bool?, limits: Limits, into reader: inout SettingsReader)
    -> Bool?
  {
    if case .scalar(let scalar) = tree, scalar.isPlain {
      switch scalar.text.lowercased() {
      case "true", "yes", "on": return true
      case "false", "no", "off": return false
      default: break
      }
    }
    reader.refuse(tree, expected: expected(limits))
    return nil
  }

  /// The truth value itself.
  public var outline: SettingsOutline { .value(.bool(self)) }
}

extension String: SettingValue {
  /// "a text".
  public static func expected(_ limits: Limits) -> String { "a text" }

  /// Reads any single value as it was written; `no` and `1e-4` stay the texts they are.
  public static func read(
    _ tree: SettingsTree, over current: String?, limits: Limits, into reader: inout SettingsReader
  ) -> String? {
    guard case .scalar(let scalar) = tree, !scalar.isNull else {
      let hint = tree.isNull ? "; leave the key out for its default, or write \"\" for an empty text" : ""
      reader.refuse(tree, expected: expected(limits), hint: hint)
      return nil
    }
    return scalar.text
  }

  /// The text itself.
  public var outline: SettingsOutline { .value(.string(self)) }
}
