import OrchardGeneration
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Logits that are no numbers")
struct NoNumberTests {
  @Test("The message names the layer and the weight", arguments: ["gpt2", "qwen3", "gemma2"], [1, 3])
  func decoder(name: String, beams: Int) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"))
    let damaged = try #require(model.namedParameters.first { $0.path == "layers.1.attention.output.slot.weight" })
    damaged.parameter.load(damaged.parameter.tensor * .nan)
    var settings = GenerationSettings()
    settings.maxNewTokens = 3
    settings.beams = beams
    let error = #expect(throws: GenerationError.self) {
      var decoding = try Decoding(model, [TokenPrompt([5, 6]), TokenPrompt([7])], settings: settings)
      _ = try decoding.finish()
    }
    let text = try #require(error).description
    #expect(text.contains("no number for token 1 of prompt 1"))
    #expect(text.contains("come from layer 1's attention"), "\(text)")
    #expect(text.contains("the weight “\(model.checkpointKeys.key(for: damaged.path))”"), "\(text)")
  }
}
