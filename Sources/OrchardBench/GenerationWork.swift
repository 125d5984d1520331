import Foundation
import OrchardAdapters
import OrchardGeneration
import OrchardLayers
import OrchardModels
import OrchardTensors

extension OrchardBench {
  /// Generation of exactly `newTokens` tokens a row, greedy or with beams, with the weights in a format.
  ///
  /// One unit is a new token.
  static func generation(
    checkpoint: URL, batch: Int, length: Int, newTokens: Int, format: String, beams: Int = 1
  ) throws -> () throws -> Int {
    let model = try ModelFolder.load(checkpoint, weightFormat(format))
    let prompts = (0..<batch).map { row in
      TokenPrompt(prompt(length: length, vocabulary: model.properties.vocabularySize, row: row), sample: row)
    }
    return {
      let sequences = try generate(with: model, prompts, newTokens: newTokens, beams: beams)
      guard sequences.allSatisfy({ $0.tokens.count == newTokens }) else {
        throw EngineError("rows of \(sequences.map(\.tokens.count)) tokens where \(newTokens) each were asked for")
      }
      return batch * newTokens
    }
  }

  /// Generation with several LoRAs beside the weights, of which the rows take one each in turn; none for a `count` of 0.
  ///
  /// One unit is a new token.
  static func adapters(
    checkpoint: URL, batch: Int, length: Int, newTokens: Int, count: Int
  ) throws -> () throws -> Int {
    let model = try ModelFolder.load(checkpoint, dtype: .float32)
    let made = try (0..<count).map { number in
      var settings = LoRASettings()
      settings.rank = 16
      let adapter = try Adapter(settings, on: model)
      for (name, parameter) in adapter.parameters where name.contains("lora_B") {
        parameter.load(.normal(parameter.shape, deviation: 0.02))
      }
      adapter.detach()
      return (name: "a\(number)", adapter: adapter)
    }
    if count > 0 { _ = try AdapterSet(made) }
    let vocabulary = model.properties.vocabularySize
    let prompts = (0..<batch).map { row in
      TokenPrompt(
        prompt(length: length, vocabulary: vocabulary, row: row), adapter: count > 0 ? "a\(row % count)" : nil)
    }
    return {
      let sequences = try generate(with: model, prompts, newTokens: newTokens)
      guard sequences.allSatisfy({ $0.tokens.count == newTokens }) else {
        throw EngineError("rows of other lengths than \(newTokens)")
      }
      return batch * newTokens
    }
  }

  /// Reading prompts: one token each behind `length` others.
  ///
  /// One unit is a token of a prompt.
  static func reading(checkpoint: URL, batch: Int, length: Int, format: String) throws -> () throws -> Int {
    let work = try generation(checkpoint: checkpoint, batch: batch, length: length, newTokens: 1, format: format)
    return { try work() * length }
  }

  private static func weightFormat(_ name: String) throws -> WeightFormat {
    switch name {
    case "fp32": return .plain(.float32)
    case "bf16": return .plain(.bfloat16)
    case "int8": return .quantized(.eight)
    case "int4": return .quantized(.four)
    case "nf4": return .quantized(.normalFloat)
    default: throw EngineError("unknown weights “\(name)”; use fp32, bf16, int8 or int4")
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
    with model: any LanguageModel, _ prompts: [TokenPrompt], newTokens: Int, beams: Int = 1
  ) throws -> [GeneratedSequence] {
    var settings = GenerationSettings()
    settings.maxNewTokens = newTokens
    settings.beams = beams
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
