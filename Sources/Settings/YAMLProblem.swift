import Yams

/// A mistake in a YAML text, in plain words.
struct YAMLProblem {
  var line: Int?
  var column: Int?
  var words: String

  init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let row = Self.row(mark.line, of: text)
      line = mark.line
      column = mark.column
      words = Self.plain(problem, context: context?.text ?? "", opened: context?.mark, row: row, column: mark.column)
      if !row.isEmpty { words += " (the line reads “\(row.prefix(80))”)" }
    case .duplicatedKeysInMapping(let keys, let context):
      line = context.mark.line
      words = "the key “\(keys.joined(separator: "”, “"))” stands twice in the group that begins here; keep one"
    case .reader(let problem, let offset, _, _):
      words = "a character that YAML does not allow"
      words += offset.map { " at byte \($0)" } ?? ""
      words += " (\(problem)); save the file as UTF-8 text"
    default: words = "not YAML: \(error)"
    }
  }

  func error(file: SettingsPlace) -> SettingsError {
    var place = file
    if place.override == nil { place.line = line }
    let column = column.map { "column \($0): " } ?? ""
    return SettingsError(place: place, problem: column + words)
  }

  private static func row(_ line: Int, of text: String) -> String {
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard line >= 1, line <= rows.count else { return "" }
    return rows[line - 1].trimmingPrefix { $0 == " " }.filter { $0 != "\r" }
  }

  private static func plain(_ problem: String, context: String, opened: Mark?, row: String, column: Int) -> String {
    let since = opened.map { " that begins on line \($0.line)" } ?? ""
    switch problem {
    case "mapping values are not allowed in this context":
      return "a colon that cannot stand here; put the text in quotes, or check the indentation"
    case "found character that cannot start any token":
      if row.contains("\t") { return "a tab; indent with spaces" }
      return "a value that begins with a special character; put it in quotes"
    case "could not find expected ':'": return "a key without its colon; write “key: value”"
    case "did not find expected key": return "a key was expected; its indentation must equal that of its neighbours"
    case "did not find expected '-' indicator":
      return "an element “- …” was expected; its indentation must equal that of its neighbours"
    case "did not find expected ',' or ']'": return "a list [ ]\(since) is not closed, or lacks a comma"
    case "did not find expected ',' or '}'": return "a group { }\(since) is not closed, or lacks a comma"
    case "found unexpected end of stream", "found unexpected document indicator":
      return context.contains("quoted") ? "a quote\(since) is never closed" : "the text ends too early"
    case "found undefined alias": return "a value that begins with *, which refers to nothing; put it in quotes"
    case "but found another document": return "a second document after “---”; a recipe is one document"
    case "found unknown escape character": return "an unknown escape with \\ inside double quotes; use single quotes"
    default: return context.isEmpty ? problem : "\(problem), \(context.trimmingSuffix(":"))"
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    var text = self
    while text.last?.isWhitespace == true || text.hasSuffix(suffix) { text.removeLast() }
    return text
  }
}
