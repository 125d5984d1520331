import Foundation
import OrchardDatasets
import OrchardTensors

extension TextEmbedder: TextVectors {
  /// A vector for each text.
  ///
  /// - Throws: `ModelError` where the model gives no numbers.
  public func vectors(of texts: [String]) throws -> [[Float]] { try embed(texts) }
}

extension WorkedExamples {
  /// The same, ready for certain rows: where `settings` ask for similar examples, the sentence encoder in the folder
  /// `settings.exampleModel` compares the questions; else nothing is loaded and `rows` is not called.
  ///
  /// - Throws: an error that names what is wrong with the encoder's folder, or a row that lacks a field.
  public func prepared(
    for rows: () throws -> [DataRow], _ settings: PromptSettings, on device: Device = .cpu
  ) throws -> WorkedExamples {
    try prepared(for: rows) {
      guard let folder = settings.exampleModel else {
        throw DataError(problem: "similar worked examples need a sentence encoder: name its folder (example-model)")
      }
      return try TextEmbedder(folder: URL(filePath: folder), on: device)
    }
  }
}
