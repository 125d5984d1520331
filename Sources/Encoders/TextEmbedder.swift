import Foundation
import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Text in, vectors out: a sentence encoder with its tokenizer.
///
/// ```swift
/// let embedder = try TextEmbedder(folder: folder)
/// let vectors = try embedder.embed(["A cat sleeps.", "A kitten naps."])
/// print(TextEmbedder.similarity(vectors[0], vectors[1]))
/// ```
public struct TextEmbedder {
  /// The encoder with its pooling.
  public let encoder: SentenceEncoder
  /// What turns text into tokens.
  public let tokenizer: Tokenizer
  /// What the folder says about pooling, prompts and lengths.
  public let folder: SentenceFolder
  /// The most tokens of a text that are read, or nil where nothing bounds them; longer texts are cut.
  public let tokenLimit: Int?

  /// Loads a sentence-transformers folder, or that of any text encoder, whose states are then averaged.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder url: URL, dtype: DType? = nil, on device: Device = .cpu) throws {
    // The small files first: what is wrong with them is then told at once.
    folder = try SentenceFolder(url)
    tokenizer = try Tokenizer(folder: folder.tokenizerFolder)
    encoder = try folder.encoder(dtype: dtype, on: device)
    tokenLimit = TokenLimit.of(encoder.body.properties, tokenizer, folder: folder.tokenLimit)
  }

  /// A text as the encoder reads it.
  ///
  /// `prompt` names a text of the folder that is put before it; without one the folder's default is.
  /// - Throws: `ModelError` for a prompt that the folder does not have.
  public func encode(_ text: String, prompt: String? = nil) throws -> EncodedText {
    var text = text
    if let name = prompt ?? folder.defaultPrompt {
      guard let before = folder.prompts[name] else {
        let known = folder.prompts.keys.sorted().map { "“\($0)”" }.joined(separator: ", ")
        throw ModelError(
          "\(folder.url.path): has no prompt “\(name)”; " + (known.isEmpty ? "it has none" : "it has \(known)"))
      }
      text = before + text
    }
    return EncodedText(folder.lowercases ? text.lowercased() : text, with: tokenizer, limit: tokenLimit)
  }

  /// The embeddings of texts, in their order.
  ///
  /// Texts of about the same length share a batch of at most `batchSize`; the vectors do not depend on it beyond
  /// rounding. With `normalize` each has the length 1. `report` is called with the number of texts done, and may
  /// throw to end the work.
  /// - Throws: `ModelError` for a prompt that the folder does not have.
  public func embed(
    _ texts: [String], prompt: String? = nil, normalize: Bool = false, batchSize: Int = 32,
    report: (Int) throws -> Void = { _ in }
  ) throws -> [[Float]] {
    try embed(texts.map { try encode($0, prompt: prompt) }, normalize: normalize, batchSize: batchSize, report: report)
  }

  /// The embeddings of encoded texts, in their order.
  ///
  /// - Throws: `ModelError` for a text without tokens.
  public func embed(
    _ texts: [EncodedText], normalize: Bool = false, batchSize: Int = 32, report: (Int) throws -> Void = { _ in }
  ) throws -> [[Float]] {
    let properties = encoder.body.properties
    var vectors = [[Float]](repeating: [], count: texts.count)
    try TextBatches(texts, size: batchSize, for: properties).run(
      on: encoder.body.device, types: 1, report: report
    ) { batch, rows, _ in
      var made = encoder(rows)
      if normalize { made = NormalizeStep()(made) }
      let width = made.size(1)
      let numbers = made.floats
      for (row, index) in batch.enumerated() { vectors[index] = Array(numbers[row * width..<(row + 1) * width]) }
    }
    if let wrong = vectors.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
      throw ModelError(
        "the model gave no numbers for text \(wrong + 1): its weights are damaged, or its numbers overflowed "
          + "(use fp32)")
    }
    return vectors
  }

  /// The cosine of the angle between two vectors: 1 where they point the same way, 0 where they have nothing in common.
  public static func similarity(_ a: [Float], _ b: [Float]) -> Float {
    precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) numbers")
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x) * Double(y)
      first += Double(x) * Double(x)
      second += Double(y) * Double(y)
    }
    return first > 0 && second > 0 ? Float(product / (first * second).squareRoot()) : 0
  }
}
