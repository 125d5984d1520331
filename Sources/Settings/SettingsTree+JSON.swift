import OrchardJSON

extension SettingsTree {
  /// The recipe as JSON: what stands without quotes and reads as a number, a truth value or nothing is that.
  ///
  /// So a recipe that a program wrote is read without knowing what its keys mean.
  public var json: JSONValue {
    switch self {
    case .scalar(let scalar):
      if scalar.isNull { return .null }
      guard scalar.isPlain else { return .string(scalar.text) }
      switch scalar.text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default:
        if let number = Int(scalar.text) { return .integer(number) }
        // No recipe means not-a-number by “nan”.
        if let number = Double(scalar.text), number.isFinite { return .number(number) }
        return .string(scalar.text)
      }
    case .list(let elements, _): return .array(elements.map(\.json))
    case .group(let entries, _, _): return .object(JSONObject(entries.map { ($0.key, $0.value.json) }))
    }
  }
}
