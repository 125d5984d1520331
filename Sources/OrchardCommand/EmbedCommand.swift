import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardModels
import OrchardTensors

/// `orchard embed`: texts to vectors.
package struct EmbedCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn texts into vectors that lie close where the meanings do.",
    discussion: """
      The model is a sentence-transformers folder, or that of any text encoder, whose states are then averaged. Each \
      text gives a line with the numbers of its vector; with --json an object {"text": ..., "embedding": [...]}; with \
      --output all vectors go to one safetensors file as "embeddings", a row a text. The vectors do not depend on what \
      else is embedded.

      With --similarity the cosine of every two texts is printed, the likest first; with --pairs that of the two \
      fields of each row of a file.

      Examples:
        orchard embed --model DIR "A cat sleeps." "A kitten naps." --similarity
        orchard embed --model DIR --file texts.jsonl --field sentence --output texts.safetensors
        orchard embed --model DIR --pairs pairs.tsv --fields sentence1,sentence2 --json
        cat lines.txt | orchard embed --model DIR --normalize --json
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Texts")
  var source: TextsOptions

  @Option(help: ArgumentHelp("Compare the two texts in each row of a file.", valueName: "file"))
  var pairs: String?

  @Option(help: "The fields of --pairs with the two texts.")
  var fields = "sentence1,sentence2"

  @Option(help: "The name of a prompt of the model that is put before each text. (default: the model's own choice)")
  var promptName: String?

  @Flag(help: "Bring every vector to the length 1.")
  var normalize = false

  @Flag(help: "Print the cosine of every two texts instead of the vectors.")
  var similarity = false

  @Option(help: ArgumentHelp("The safetensors file to write.", valueName: "file"))
  var output: String?

  @Option(help: "Texts computed side by side; the vectors do not depend on it.")
  var batchSize = 32

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: PrecisionOptions

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    if batchSize < 1 { throw ValidationError("--batch-size is \(batchSize); it takes a number from 1.") }
    if pairs != nil, !source.texts.isEmpty || source.file != nil {
      throw ValidationError("--pairs brings its own texts; leave the others out.")
    }
    if pairs != nil || similarity, output != nil {
      throw ValidationError("--output takes vectors; leave --pairs and --similarity out.")
    }
    if pairs != nil, similarity { throw ValidationError("--pairs and --similarity exclude each other.") }
    if fieldNames.count != 2 { throw ValidationError("--fields is “\(fields)”; it takes two names and a comma.") }
  }

  private var fieldNames: [String] { fields.split(separator: ",").map(String.init) }

  package func run() throws {
    let folder = try ModelPlace.folder(model)
    let texts = try texts()
    let device = try engine.start()
    let embedder = try TextEmbedder(folder: folder, dtype: precision.dtype.dtype, on: device)
    if !embedder.folder.isDescribed {
      Console.note("The folder has no modules.json: a text's vector is the mean of its tokens' states.")
    }
    Interruption.catchSignals()
    let encoded = try texts.map { try embedder.encode($0, prompt: promptName) }
    TextsOptions.tell(cut: encoded.count(where: \.isCut), limit: embedder.tokenLimit)
    let progress = ProgressLine(total: texts.count, unit: "texts")
    let vectors = try embedder.embed(encoded, normalize: normalize, batchSize: batchSize) {
      progress.update($0)
      try Interruption.check("nothing was written")
    }
    progress.finish()
    if let output { return try write(vectors, to: output) }
    if pairs != nil { return try tellPairs(texts, vectors) }
    if similarity { return try tellSimilarities(texts, vectors) }
    for (text, vector) in zip(texts, vectors) {
      if format.json {
        try Console.result(
          JSONObject([("text", .string(text)), ("embedding", .array(vector.map { .number(Double($0)) }))]))
      } else {
        try Console.result(vector.map { "\($0)" }.joined(separator: " "))
      }
    }
  }

  /// The texts; of pairs first all first ones, then all second ones.
  private func texts() throws -> [String] {
    guard let pairs else { return try source.read() }
    let rows = try TextsOptions.rows(pairs)
    let names = fieldNames
    return try rows.map { try $0.text(names[0]) } + rows.map { try $0.text(names[1]) }
  }

  private func write(_ vectors: [[Float]], to file: String) throws {
    let tensor = Tensor(vectors.flatMap { $0 }, shape: [vectors.count, vectors.first?.count ?? 0])
    try SafetensorsWriter.write([(name: "embeddings", tensor: tensor)], to: URL(filePath: file))
    Console.note("\(file): “embeddings”, \(vectors.count) × \(vectors.first?.count ?? 0)")
  }

  private func tellPairs(_ texts: [String], _ vectors: [[Float]]) throws {
    let count = texts.count / 2
    for row in 0..<count {
      try tell(texts[row], texts[count + row], TextEmbedder.similarity(vectors[row], vectors[count + row]))
    }
  }

  private func tellSimilarities(_ texts: [String], _ vectors: [[Float]]) throws {
    var found: [(first: Int, second: Int, similarity: Float)] = []
    for first in vectors.indices {
      for second in vectors.indices.dropFirst(first + 1) {
        found.append((first, second, TextEmbedder.similarity(vectors[first], vectors[second])))
      }
    }
    for pair in found.sorted(by: { $0.similarity > $1.similarity }) {
      try tell(texts[pair.first], texts[pair.second], pair.similarity)
    }
  }

  private func tell(_ first: String, _ second: String, _ similarity: Float) throws {
    if format.json {
      try Console.result(
        JSONObject([
          ("first", .string(first)), ("second", .string(second)), ("similarity", .number(Double(similarity))),
        ]))
    } else {
      try Console.result(String(format: "%.4f", similarity) + "\t\(first)\t\(second)")
    }
  }
}
