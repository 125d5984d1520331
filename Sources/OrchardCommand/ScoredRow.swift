import Foundation
import OrchardDatasets
import OrchardGeneration
import OrchardJSON

/// A row of `orchard score --pairs`: a context with one continuation, or with several choices.
struct ScoredRow {
  let context: String
  let continuations: [String]
  /// What stands before each continuation.
  let separators: [String]
  let isChoice: Bool
  /// The right choice, counted from 0.
  let answer: Int?

  /// What the scorer is asked.
  var pairs: [(context: String, continuation: String)] {
    zip(separators, continuations).map { (context, $0 + $1) }
  }

  /// All rows of a file.
  ///
  /// - Throws: `DataError` that names file and line.
  static func all(in file: String, separator: String?) throws -> [ScoredRow] {
    try Dataset(file: URL(filePath: file)).rows().map { try ScoredRow($0, separator: separator) }
  }

  private init(_ row: DataRow, separator: String?) throws(DataError) {
    context = try Self.text(["context", "prompt"], row)
    isChoice = row.fields["choices"] != nil
    guard isChoice else {
      continuations = [try Self.text(["continuation", "completion"], row)]
      separators = [separator ?? ""]
      answer = nil
      return
    }
    guard let list = row.fields["choices"]?.array, list.count > 1, let texts = Self.texts(list) else {
      throw row.error("“choices” should be a list of two texts or more")
    }
    continuations = texts
    let endsInSpace = context.unicodeScalars.last?.properties.isWhitespace ?? true
    separators = texts.map { text in
      let beginsWithSpace = text.unicodeScalars.first?.properties.isWhitespace ?? true
      return separator ?? (endsInSpace || beginsWithSpace ? "" : " ")
    }
    answer = try Self.answer(row, texts)
  }

  private static func texts(_ list: [JSONValue]) -> [String]? {
    let texts = list.compactMap(\.string)
    return texts.count == list.count ? texts : nil
  }

  private static func answer(_ row: DataRow, _ choices: [String]) throws(DataError) -> Int? {
    guard let value = row.fields["answer"], !value.isNull else { return nil }
    let place = value.int ?? value.string.flatMap { text in choices.firstIndex(of: text) ?? Int(text) }
    guard let place, choices.indices.contains(place) else {
      throw row.error(
        "“answer” is \(value.text); it should be one of the choices, or its place from 0 to \(choices.count - 1)")
    }
    return place
  }

  /// The first of several fields that the row has.
  private static func text(_ names: [String], _ row: DataRow) throws(DataError) -> String {
    try row.text(names.first { row.fields[$0] != nil } ?? names[0])
  }
}

/// A text of `orchard score --text`.
struct ScoredText {
  let name: String
  let text: String

  /// The texts of files: a file is one text, a .jsonl file one a row.
  ///
  /// - Throws: `DataError` that names file and line.
  static func all(in files: [String]) throws -> [ScoredText] {
    var texts: [ScoredText] = []
    for file in files {
      let url = URL(filePath: file)
      if ["jsonl", "ndjson"].contains(url.pathExtension.lowercased()) {
        for row in try Dataset(file: url).rows() {
          texts.append(ScoredText(name: "\(file), line \(row.line)", text: try row.text("text")))
        }
        continue
      }
      guard let data = FileManager.default.contents(atPath: url.path) else {
        throw DataError(file: file, problem: "the file does not exist or cannot be read")
      }
      guard let text = String(validating: data, as: UTF8.self) else {
        throw DataError(file: file, problem: "is not UTF-8 text")
      }
      texts.append(ScoredText(name: file, text: text))
    }
    if let empty = texts.first(where: { $0.text.isEmpty }) { throw DataError(file: empty.name, problem: "is empty") }
    return texts
  }
}
