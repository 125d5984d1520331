import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Decoders")
struct DecoderTests {
  static let families = ["gpt2", "neox", "mistral", "qwen2", "gemma2"]

  @Test("Several examples packed into one row give what each gives alone, windows included", arguments: families)
  func packing(name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"))
    let examples = [[3, 14, 15, 92, 65, 35, 89, 79], [32, 38, 46], [26, 43, 38, 32, 79, 50, 28, 84]]
    let segments = [examples.enumerated().flatMap { index, ids in ids.map { _ in index } }]
    let packed = TokenBatch(target: TokenRows([examples.flatMap { $0 }]), segments: segments)
    model.setGradients(true)
    for mode in [ForwardMode.training, .inference] {
      let together = model.hidden(packed, mode: mode)
      var start = 0
      for ids in examples {
        let alone = model.hidden(TokenBatch(target: TokenRows([ids])), mode: mode)
        let same = together.sliced(1, start..<start + ids.count)
        #expect((alone - same).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-4)
        start += ids.count
      }
    }
  }

  @Test("A window hides what lies further back", arguments: ["mistral", "qwen2", "gemma2"])
  func window(name: String) throws {
    let source = try ModelConfiguration(folder: Goldens.url("models/\(name)"))
    var json = source.json
    json["sliding_window"] = 1000
    let model = try ModelFolder.load(Goldens.url("models/\(name)"))
    let wide = try Architecture.model(ModelConfiguration(json))
    try wide.load(CheckpointFolder(Goldens.url("models/\(name)")))
    let batch = TokenBatch(target: TokenRows([Array(3..<20)]))
    let difference = (model.logits(batch) - wide.logits(batch)).absolute.maximum(along: -1).floats
    let window = try #require(source.json["sliding_window"]?.int)
    #expect(difference.prefix(window).allSatisfy { $0 < 1e-5 })
    #expect(difference.dropFirst(window).allSatisfy { $0 > 1e-4 })
  }

  @Test("GPT-2's keys without the prefix, as the first checkpoints have them, and its buffers")
  func bareGPT2() throws {
    let folder = try TemporaryFolder()
    let copy = folder.url.appending(path: "gpt2")
    try FileManager.default.copyItem(at: Goldens.url("models/gpt2"), to: copy)
    let url = copy.appending(path: "model.safetensors")
    let file = try SafetensorsFile(url)
    var tensors = try file.names.map {
      (name: $0.replacing("transformer.", with: ""), tensor: try #require(file.tensor($0)).copied)
    }
    tensors.append((name: "h.0.attn.bias", tensor: .ones([1, 1, 32, 32])))
    try SafetensorsWriter.write(tensors, to: url)
    let model = try ModelFolder.load(copy)
    let whole = try ModelFolder.load(Goldens.url("models/gpt2"))
    #expect(model.parameters.map(\.tensor.floats) == whole.parameters.map(\.tensor.floats))
  }

  @Test("What a configuration asks for and is not known is told by its name")
  func refusals() throws {
    func message(_ name: String, _ changes: [String: JSONValue]) throws -> String {
      var json = try ModelConfiguration(folder: Goldens.url("models/\(name)")).json
      for (key, value) in changes { json[key] = value }
      let error = #expect(throws: ModelError.self) { try Architecture.model(ModelConfiguration(json)) }
      return try #require(error).description
    }
    let rope: JSONValue = ["rope_type": "longrope", "factor": 2]
    #expect(try message("qwen2", ["rope_parameters": rope]).contains("“longrope” is not known; known are default"))
    #expect(try message("gemma2", ["layer_types": ["full_attention"]]).contains("names 1 layers"))
    #expect(
      try message("gemma2", ["layer_types": ["full_attention", "chunked_attention", "full_attention"]])
        .contains("“chunked_attention” is not known"))
    #expect(try message("gemma2", ["use_bidirectional_attention": true]).contains("use_bidirectional_attention"))
    #expect(try message("gpt2", ["add_cross_attention": true]).contains("add_cross_attention"))
    #expect(try message("gpt2", ["activation_function": "snake"]).contains("“snake”, which is not known"))
    #expect(try message("mistral", ["sliding_window": 0]).contains("“sliding_window” must be a whole number from 1"))
    #expect(try message("neox", ["num_attention_heads": 5]).contains("no multiple of 5 heads"))
    #expect(try message("llama-grouped", ["attention_dropout": 1]).contains("from 0 to below 1"))
  }

  @Test("The first place with a number that is none is named")
  func nonFinite() throws {
    let model = try ModelFolder.load(Goldens.url("models/qwen3"))
    let batch = TokenBatch(target: TokenRows([[3, 4, 5]]))
    #expect(model.firstNonFinite(batch) == nil)
    #expect(model.firstDamagedWeight == nil)
    let damaged = try #require(model.namedParameters.first { $0.path == "layers.1.feedForward.up.slot.weight" })
    damaged.parameter.load(damaged.parameter.tensor * .infinity)
    #expect(model.firstNonFinite(batch)?.description == "layer 1's feed-forward part")
    #expect(model.firstDamagedWeight == "model.layers.1.mlp.up_proj.weight")
  }
}
