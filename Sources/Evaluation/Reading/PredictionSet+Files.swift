import Foundation
import OrchardJSON

extension PredictionSet {
  /// Reads predictions and references from files.
  ///
  /// A file that ends in `.jsonl` holds a JSON object a line, of which one field counts; any other file holds a text
  /// a line. A field of references may hold one text or a list of texts. Several reference files give each
  /// prediction several references.
  ///
  /// - Parameters:
  ///   - predictions: The file of predictions.
  ///   - references: Files of references, line for line.
  ///   - predictionField: The field of a `.jsonl` file that holds the prediction.
  ///   - referenceField: The field of a `.jsonl` file that holds the reference or references.
  /// - Throws: `EvaluationError`, naming file and line.
  public init(
    predictions: URL, references: [URL], predictionField: String = "prediction", referenceField: String = "reference"
  ) throws {
    let predicted = try PredictionSet.texts(predictions, field: predictionField) { value, place in
      guard let text = value.string else { throw place.wrong(value, expected: "text") }
      return text
    }
    var all = Array(repeating: [String](), count: predicted.count)
    for file in references {
      let texts = try PredictionSet.texts(file, field: referenceField) { value, place in
        let texts = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
        if texts.isEmpty || texts.count != value.array?.count ?? 1 {
          throw place.wrong(value, expected: "text or a list of texts")
        }
        return texts
      } line: {
        [$0]
      }
      if texts.count != predicted.count {
        throw EvaluationError.countMismatch(
          predictions: predictions.relativePath, count: predicted.count, references: file.relativePath,
          referenceCount: texts.count)
      }
      for (place, texts) in texts.enumerated() { all[place] += texts }
    }
    try self.init(predictions: predicted, references: all)
  }

  private static func texts(
    _ file: URL, field: String, value: (JSONValue, FieldPlace) throws -> String
  ) throws -> [String] {
    try texts(file, field: field, value: value, line: { $0 })
  }

  /// What each line of a file holds: of a `.jsonl` file the value of a field, else the line itself.
  private static func texts<Text>(
    _ file: URL, field: String, value: (JSONValue, FieldPlace) throws -> Text, line: (String) -> Text
  ) throws -> [Text] {
    let read = try TextLines(file)
    guard ["jsonl", "ndjson"].contains(file.pathExtension.lowercased()) else { return read.lines.map(line) }
    var texts: [Text] = []
    for (index, text) in read.lines.enumerated() where !text.utf8.allSatisfy(Bytes.isASCIISpace) {
      let place = FieldPlace(field: field, file: read.name, line: index + 1)
      texts.append(try value(place.value(in: text), place))
    }
    if texts.isEmpty { throw EvaluationError.emptyFile(read.name) }
    return texts
  }
}

/// A field on a line of a file.
private struct FieldPlace {
  let field: String
  let file: String
  let line: Int

  /// The field's value in a line of JSON.
  func value(in text: String) throws -> JSONValue {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: text)
    } catch {
      throw EvaluationError.invalidJSON(
        file: file, line: line, problem: "this is not JSON (column \(error.column): \(error.problem))")
    }
    guard let object = json.object else {
      throw EvaluationError.invalidJSON(file: file, line: line, problem: "this is \(json.kind), not an object")
    }
    guard let value = object[field] else {
      throw EvaluationError.missingField(field, file: file, line: line, present: object.keys)
    }
    return value
  }

  /// The error for a value of the wrong kind.
  func wrong(_ value: JSONValue, expected: String) -> EvaluationError {
    .wrongField(field, file: file, line: line, kind: value.kind, expected: expected)
  }
}
