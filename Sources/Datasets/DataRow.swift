import OrchardJSON
import OrchardSettings

/// One row of a data file: its fields in order, and where it stood.
public struct DataRow: Sendable, Equatable {
  /// The fields by name, in the file's order.
  public var fields: JSONObject
  /// The file.
  public let file: String
  /// The line of the file on which the row begins, counted from 1.
  public let line: Int

  /// A row of fields.
  public init(fields: JSONObject, file: String, line: Int) {
    self.fields = fields
    self.file = file
    self.line = line
  }

  /// The value under `name`: a field, or a path such as `answers.text.0` into lists and objects.
  public func value(_ name: String) -> JSONValue? {
    if let value = fields[name] { return value }
    let path = name.split(separator: ".").map(String.init)
    guard path.count > 1, var value = fields[path[0]] else { return nil }
    for part in path.dropFirst() {
      if let element = value[part] {
        value = element
      } else if let list = value.array, let index = Int(part), list.indices.contains(index) {
        value = list[index]
      } else {
        return nil
      }
    }
    return value
  }

  /// The text under `name`; numbers and truth values are written out.
  ///
  /// - Throws: `DataError` where there is no such field, or it holds no text.
  public func text(_ name: String) throws(DataError) -> String {
    guard let value = value(name) else { throw missing(name) }
    switch value {
    case .string(let text): return text
    case .integer, .number, .bool: return value.text
    case .null: throw error("the field “\(name)” is empty (null); fill it, or leave the row out")
    case .array, .object:
      let example = value.array == nil ? "\(name).\(value.object?.keys.first ?? "key")" : "\(name).0"
      throw error("the field “\(name)” is \(value.kind), where a text is needed; name its part, such as “\(example)”")
    }
  }

  /// An error at this row.
  public func error(_ problem: String) -> DataError { DataError(file: file, line: line, problem: problem) }

  /// The error for a field that this row lacks.
  public func missing(_ name: String) -> DataError {
    let hint = NearestName.suggestion(for: name, in: fields.keys)
    let names = fields.keys.map { "“\($0)”" }.joined(separator: ", ")
    return error(
      "there is no field “\(name)”\(hint.isEmpty ? ";" : hint) this row has \(names.isEmpty ? "none" : names)")
  }
}
