import ArgumentParser
import Foundation
import OrchardJSON
import OrchardTokenizers

/// `orchard tokenize`: text to the tokens of a model, and back.
package struct TokenizeCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn text into a model's tokens, or tokens back into text.",
    discussion: """
      The text is TEXT, the content of --file, or else standard input. It is one text, or with --lines one text a \
      line. For each text its tokens are printed one a line, the number first; with --json one object a text: \
      {"ids": [...], "tokens": [...]}.

      With --decode the input is token numbers, divided by spaces or commas, and the text they stand for is \
      printed; with --json as {"text": "..."}.

      Examples:
        orchard tokenize --model t5-base "The house stands."
        orchard tokenize --model t5-base --file train.txt --lines --json
        orchard tokenize --model t5-base --decode "37 629 5024 5 1"
      """)

  @Option(
    help: ArgumentHelp(
      "The folder with tokenizer.json, or with the files that older models have instead; or OWNER/NAME on the hub.",
      valueName: "model"))
  var model: String

  @Argument(help: "The text, or with --decode the numbers.")
  var text: String?

  @Option(help: ArgumentHelp("Read the text from this file.", valueName: "file"))
  var file: String?

  @Flag(help: "Take each line as a text of its own.")
  var lines = false

  @Flag(help: "Turn token numbers into text.")
  var decode = false

  @Flag(help: "Add no special tokens such as </s>; with --decode, leave them out of the text.")
  var noSpecialTokens = false

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    if text != nil, file != nil { throw ValidationError("give either TEXT or --file, not both.") }
  }

  package func run() throws {
    let tokenizer = try Tokenizer(folder: ModelPlace.folder(model))
    for (number, text) in try texts().enumerated() {
      if decode {
        let numbers = try numbers(in: text, line: lines ? number + 1 : nil, tokenizer)
        try write(decoded: tokenizer.decode(numbers, skipSpecialTokens: noSpecialTokens))
      } else {
        try write(tokenizer.encode(text, addSpecialTokens: !noSpecialTokens), isFirst: number == 0)
      }
    }
  }

  private func write(decoded text: String) throws {
    try Console.result(format.json ? (["text": .string(text)] as JSONValue).text : text)
  }

  private func write(_ encoding: Encoding, isFirst: Bool) throws {
    if format.json {
      let object: JSONValue = [
        "ids": .array(encoding.ids.map { .integer($0) }), "tokens": .array(encoding.tokens.map { .string($0) }),
      ]
      return try Console.result(object.text)
    }
    // An empty line between the tokens of two texts.
    if !isFirst { try Console.result("") }
    for (id, token) in zip(encoding.ids, encoding.tokens) { try Console.result("\(id)\t\(token)") }
  }

  /// The texts that were asked for.
  private func texts() throws -> [String] {
    let bytes: [UInt8]
    if let text {
      bytes = Array(text.utf8)
    } else {
      bytes = Array(try input())
    }
    guard lines else { return [try checked(bytes[...], line: nil)] }
    var parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    return try parts.enumerated().map { number, part in
      try checked(part.last == 0x0D ? part.dropLast() : part, line: number + 1)
    }
  }

  private func input() throws -> Data {
    guard let file else { return try FileHandle.standardInput.readToEnd() ?? Data() }
    do {
      return try Data(contentsOf: URL(filePath: file))
    } catch {
      throw TokenizerError("\(file) cannot be read: \(error.localizedDescription)")
    }
  }

  private func checked(_ bytes: ArraySlice<UInt8>, line: Int?) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TokenizerError("\(place(line)): the text is not UTF-8; convert it first, with iconv for instance.")
    }
    return text
  }

  private func numbers(in text: String, line: Int?, _ tokenizer: Tokenizer) throws -> [Int] {
    try text.split { $0 == "," || $0.isWhitespace }.map { part in
      guard let number = Int(part) else {
        throw TokenizerError("\(place(line)): “\(part)” is not a token number.")
      }
      guard tokenizer.token(for: number) != nil else {
        throw TokenizerError(
          "\(place(line)): no token has the number \(number); they end at \(tokenizer.vocabularySize - 1).")
      }
      return number
    }
  }

  private func place(_ line: Int?) -> String {
    (file ?? (text == nil ? "standard input" : "the text")) + (line.map { ", line \($0)" } ?? "")
  }
}
