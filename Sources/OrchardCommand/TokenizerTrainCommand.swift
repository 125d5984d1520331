import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardTokenizers

/// `orchard tokenizer`: what one does with vocabularies.
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Make a tokenizer.",
    discussion: """
      Example:
        orchard tokenizer train --files corpus.txt --kind unigram \\
          --vocabulary-size 8000 --output runs/tokenizer
      """,
    subcommands: [TokenizerTrainCommand.self])
}

/// `orchard tokenizer train`: learns a vocabulary from text.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a vocabulary from text.",
    discussion: """
      Writes tokenizer.json and tokenizer_config.json, which Orchard and the Hugging Face libraries read and \
      encode with alike. The same files and settings give the same bytes.

      Kinds: unigram has pieces with probabilities, as T5; bpe merges bytes, as GPT-2; bpe-byte-fallback merges \
      characters and writes rare ones as bytes, as Llama.

      Files that end in .jsonl, .json, .csv or .tsv have fields, of which --fields names those to learn from; any \
      other file holds one text a line.

      Examples:
        orchard tokenizer train --files corpus.txt --kind unigram \\
          --vocabulary-size 8000 --output runs/tokenizer
        orchard tokenizer train --files train.jsonl --fields dialogue,summary \\
          --kind unigram --sentinels 100 --vocabulary-size 4000 --output runs/t5
        orchard tokenizer train --files a.txt b.txt --kind bpe \\
          --vocabulary-size 32000 --output runs/bpe --json
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The files to learn from, one or more.", valueName: "file"))
  var files: [String]

  @Option(help: "The kind: \(VocabularyTrainer.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kind: VocabularyTrainer.Kind

  @Option(help: "Tokens in all, special tokens and sentinels included.")
  var vocabularySize: Int

  @Option(help: ArgumentHelp("The folder to write to; made where it is missing.", valueName: "folder"))
  var output: String

  @Option(help: "Fields of the rows to learn from, divided by commas.")
  var fields = "text"

  @Option(help: "Sentinels <extra_id_0>, <extra_id_1> … at the end, for T5's span corruption.")
  var sentinels = 0

  @Flag(help: "For text encoders: <mask> for what is hidden, and <s> and </s> around each text; unigram alone.")
  var maskToken = false

  @Option(help: "More special tokens, divided by commas.")
  var specialTokens = ""

  @Option(help: "The share of all characters that the vocabulary must have; no matter for bpe.")
  var characterCoverage = 0.9995

  @Option(help: "Characters of the longest piece; no matter for bpe.")
  var longestPiece = 16

  @Option(help: "Pieces that unigram training starts from at most.")
  var seedLimit = 1_000_000

  @Flag(help: "Make capital letters small first.")
  var lowercase = false

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if vocabularySize < 1 {
      throw ValidationError("--vocabulary-size is \(vocabularySize); it takes a number above 0.")
    }
    if maskToken, kind != .unigram {
      throw ValidationError("--mask-token goes with --kind unigram, whose texts have a frame as text encoders read it.")
    }
  }

  func run() throws {
    let trainer = VocabularyTrainer(settings)
    let texts = try texts()
    let json = try trainer.train(on: texts) { Console.note($0) }
    let tokenizer = try Tokenizer(json: json, configuration: trainer.configuration)
    try tokenizer.save(to: URL(filePath: output))
    if tokenizer.vocabularySize < vocabularySize {
      Console.warn(
        "the texts only gave \(tokenizer.vocabularySize) of \(vocabularySize) tokens; more text would give more.")
    }
    try report(tokenizer, texts)
  }

  private var settings: VocabularyTrainer.Settings {
    var settings = VocabularyTrainer.Settings(kind: kind, vocabularySize: vocabularySize)
    if maskToken { (settings.specialTokens.beginning, settings.specialTokens.mask) = ("<s>", "<mask>") }
    settings.specialTokens.others = Self.parts(specialTokens)
    settings.sentinels = sentinels
    settings.characterCoverage = characterCoverage
    settings.longestPiece = longestPiece
    settings.seedLimit = seedLimit
    settings.isLowercase = lowercase
    return settings
  }

  private static func parts(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// Every named field of every row; the line break stays at the end of a line for merges of bytes.
  private func texts() throws -> [String] {
    var texts: [String] = []
    for path in files {
      let url = URL(filePath: path)
      let isPlain = (DataFormats.name(forExtension: url.pathExtension) ?? "text") == "text"
      var settings = DatasetSettings(file: path)
      if isPlain { settings.format = "text" }
      let names = isPlain ? ["text"] : Self.parts(fields)
      let data = try Dataset(settings)
      for index in 0..<data.count {
        let row = try data.row(index)
        for name in names { texts.append(try row.text(name) + (isPlain && kind == .bytePair ? "\n" : "")) }
      }
    }
    return texts
  }

  /// Says what was made and how well it packs the first million characters or so of the texts.
  private func report(_ tokenizer: Tokenizer, _ texts: [String]) throws {
    var characters = 0
    var tokens = 0
    for text in texts {
      if characters > 1_000_000 { break }
      characters += text.unicodeScalars.count
      tokens += tokenizer.encodeIDs(text, addSpecialTokens: false).count
    }
    let density = (100 * Double(characters) / Double(max(1, tokens))).rounded() / 100
    if format.json {
      try Console.result(
        JSONObject([
          ("folder", .string(output)), ("kind", .string(kind.rawValue)),
          ("vocabulary_size", .integer(tokenizer.vocabularySize)), ("characters_per_token", .number(density)),
        ]))
    } else {
      try Console.result("\(output): \(tokenizer.vocabularySize) tokens, \(density) characters a token in these texts")
    }
  }
}

extension VocabularyTrainer.Kind: ExpressibleByArgument {}
