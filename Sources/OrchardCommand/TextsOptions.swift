import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardModels

/// Texts that a command reads: its arguments, a file's rows, or the lines of standard input.
struct TextsOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The texts. (default: the lines of standard input)", valueName: "text"))
  var texts: [String] = []

  @Option(
    help: ArgumentHelp("Texts from a file: JSONL, JSON, CSV, TSV, or TXT with one a line.", valueName: "file"))
  var file: String?

  @Option(help: "The file's field with the text.")
  var field = "text"

  func validate() throws {
    if !texts.isEmpty, file != nil { throw ValidationError("give either texts or --file, not both.") }
  }

  /// The rows of a file.
  static func rows(_ file: String) throws -> [DataRow] { try Dataset(file: URL(filePath: file)).rows() }

  /// The texts that were asked for.
  ///
  /// - Throws: an error that names file and line where a row lacks the field.
  func read() throws -> [String] {
    if let file { return try Self.rows(file).map { try $0.text(field) } }
    if !texts.isEmpty { return texts }
    if isatty(STDIN_FILENO) == 1 {
      Console.note("Reading texts, one a line; end them with Ctrl-D on a line of its own.")
    }
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ValidationError("standard input is not UTF-8 text.")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard !lines.isEmpty else {
      throw ValidationError("there is no text: give some as arguments, by --file or on standard input.")
    }
    return lines
  }

  /// Tells how many texts were cut.
  static func tell(cut count: Int, limit: Int?) {
    guard count > 0, let limit else { return }
    Console.note("\(count == 1 ? "1 text was" : "\(count) texts were") cut to the \(limit) tokens that the model reads")
  }
}
