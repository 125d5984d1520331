import Foundation
import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Text in, labels or numbers out: a classifier with its tokenizer.
///
/// ```swift
/// let classifier = try TextClassifier(folder: folder)
/// for scores in try classifier.classify(["A lovely film.", "What a waste of time."]) {
///   print(scores[0].label, scores[0].score)
/// }
/// ```
public struct TextClassifier {
  /// A label and its probability, or its number in a regression.
  public struct Score: Sendable, Equatable {
    /// The label.
    public let label: String
    /// The probability; in a regression the number itself.
    public let score: Float
  }

  /// The model.
  public let model: any SequenceClassifier
  /// What turns text into tokens.
  public let tokenizer: Tokenizer
  /// The most tokens of a text that are read, or nil where nothing bounds them; longer texts are cut.
  public let tokenLimit: Int?

  /// Loads a Hugging Face folder with a classification head.
  ///
  /// - Throws: an error that names the file and what is wrong with it, or says what the model can do instead.
  public init(folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws {
    self.init(try ClassifierFolder.load(folder, .plain(dtype), on: device), try Tokenizer(folder: folder))
  }

  /// A model that is loaded already, with its tokenizer.
  public init(_ model: any SequenceClassifier, _ tokenizer: Tokenizer) {
    (self.model, self.tokenizer) = (model, tokenizer)
    tokenLimit = TokenLimit.of(model.properties, tokenizer)
  }

  /// A text, or a text and its pair, as the model reads it.
  public func encode(_ text: String, pair: String? = nil) -> EncodedText {
    if let pair { return EncodedText(text, pair: pair, with: tokenizer, limit: tokenLimit) }
    return EncodedText(text, with: tokenizer, limit: tokenLimit)
  }

  /// Each text's labels with their scores, the highest first.
  ///
  /// - Throws: `ModelError` for a text without tokens.
  public func classify(_ texts: [String], batchSize: Int = 32) throws -> [[Score]] {
    try classify(texts.map { encode($0) }, batchSize: batchSize)
  }

  /// Each encoded text's labels with their scores, the highest first; in a regression in their own order.
  ///
  /// The scores do not depend on the batches beyond rounding. `report` is called with the number of texts done.
  /// - Throws: `ModelError` for a text without tokens.
  public func classify(
    _ texts: [EncodedText], batchSize: Int = 32, report: (Int) throws -> Void = { _ in }
  ) throws -> [[Score]] {
    try numbers(texts, batchSize: batchSize, report: report, model.scores).map { numbers in
      let scores = zip(model.labels, numbers).map(Score.init)
      return model.problem == .regression ? scores : scores.sorted { $0.score > $1.score }
    }
  }

  /// A number for each label of each encoded text, in the labels' order: what `measure` makes of logits `[B, L]`.
  ///
  /// They do not depend on the batches beyond rounding. `report` is called with the number of texts done.
  /// - Throws: `ModelError` for a text without tokens, and where the model gives no number.
  public func numbers(
    _ texts: [EncodedText], batchSize: Int = 32, report: (Int) throws -> Void = { _ in },
    _ measure: (Tensor) -> Tensor
  ) throws -> [[Float]] {
    let properties = model.properties
    var results = [[Float]](repeating: [], count: texts.count)
    try TextBatches(texts, size: batchSize, for: properties).run(
      on: model.device, types: properties.typeCount, report: report
    ) { batch, rows, types in
      let numbers = measure(model.logits(rows, types: types).to(.float32)).floats
      let count = model.labels.count
      for (row, index) in batch.enumerated() {
        results[index] = Array(numbers[row * count..<(row + 1) * count])
        if let wrong = results[index].firstIndex(where: { !$0.isFinite }) {
          throw ModelError(
            "the model gave no number for “\(model.labels[wrong])” of text \(index + 1): its weights are damaged, or its "
              + "numbers overflowed (use fp32)")
        }
      }
    }
    return results
  }
}
