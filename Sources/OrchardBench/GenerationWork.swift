import Foundation
import OrchardGeneration
import OrchardModels
import OrchardTensors

extension OrchardBench {
  /// Greedy generation of exactly `newTokens` tokens a row.
  ///
  /// One unit is a new token.
  static func generation(checkpoint: URL, batch: Int, length: Int, newTokens: Int) throws -> () throws -> Int {
    let model = try ModelFolder.load(checkpoint, dtype: .float32)
    let prompts = (0..<batch).map { row in
      TokenPrompt(prompt(length: length, vocabulary: model.properties.vocabularySize, row: row), sample: row)
    }
    return {
      let sequences = try generate(with: model, prompts, newTokens: newTokens)
      guard sequences.allSatisfy({ $0.tokens.count == newTokens }) else {
        throw EngineError("rows of \(sequences.map(\.tokens.count)) tokens where \(newTokens) each were asked for")
      }
      return batch * newTokens
    }
  }

  /// From a folder to the first token after a prompt of 16.
  ///
  /// One unit is a checkpoint.
  static func loading(checkpoint: URL) -> () throws -> Int {
    {
      let model = try ModelFolder.load(checkpoint, dtype: .float32)
      let tokens = prompt(length: 16, vocabulary: model.properties.vocabularySize, row: 0)
      return try generate(with: model, [TokenPrompt(tokens)], newTokens: 1).count
    }
  }

  private static func generate(
    with model: any LanguageModel, _ prompts: [TokenPrompt], newTokens: Int
  ) throws -> [GeneratedSequence] {
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    // No end token, so that every row has its full length, as on the other side.
    var decoding = try Decoding(model, prompts, settings: settings, endTokens: [])
    return try decoding.finish()
  }

  /// The prompt that both sides compute alike.
  static func prompt(length: Int, vocabulary: Int, row: Int) -> [Int] {
    var state = 12345 + row
    return (0..<length).map { _ in
      state = (state * 1_103_515_245 + 12345) % 2_147_483_648
      return 259 + state % (vocabulary - 259 - 128)
    }
  }
}
