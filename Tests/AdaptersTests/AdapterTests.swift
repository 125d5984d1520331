import Foundation
import OrchardAdapters
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import TestSupport
import Testing

@Suite("Adapters on models")
struct AdapterTests {
  @Test("The course's arithmetic: rank 8 on 512 × 64 trains 4,608 of 32,768 numbers")
  func arithmetic() throws {
    var settings = LoRASettings()
    settings.rank = 8
    let layer = AdaptableLayer(name: "q", path: "query", isTransposed: false, layer: Linear(512, 64))
    let part = try settings.makePart(for: layer)
    #expect(part.weights.reduce(0) { $0 + $1.parameter.count } == 4_608)
    #expect(layer.layer.parameterCount == 32_768)
  }

  @Test(
    "A new adapter changes nothing, and the model's parameters are its own",
    arguments: TinyAdapter.names.filter { !$0.contains("prompt") })
  func begins(name: String) throws {
    let tiny = try TinyAdapter(name)
    let before = try tiny.logits()
    let (count, names) = (tiny.model.parameterCount, tiny.model.checkpointTensors.map(\.name))
    var lora = LoRASettings()
    (lora.rank, lora.magnitudes) = (4, name.hasSuffix("dora"))
    let adapter = try Adapter(name.hasSuffix("ia3") ? IA3Settings() : lora, on: tiny.model)
    #expect(try tiny.difference(from: before) < (lora.magnitudes ? 1e-4 : 1e-12))
    #expect(tiny.model.parameterCount == count && tiny.model.checkpointTensors.map(\.name) == names)
    #expect(adapter.parameterCount > 0)
    let twice = #expect(throws: AdapterError.self) { try Adapter(lora, on: tiny.model) }
    #expect("\(try #require(twice))".contains("has an adapter already"))
  }

  private func message(_ change: (inout LoRASettings) -> Void) throws -> String {
    let model = try ModelFolder.load(Goldens.url("models/t5-v1_1"), dtype: .float32)
    var settings = LoRASettings()
    settings.rank = 2
    change(&settings)
    return "\(try #require(#expect(throws: AdapterError.self) { try Adapter(settings, on: model) }))"
  }

  @Test("Targets and ranks that the model has not are told with what there is")
  func problems() throws {
    let wrong = try message { $0.targets.names = ["SelfAttenton.q"] }
    #expect(wrong.contains("is called “SelfAttenton.q” or ends so"))
    #expect(wrong.contains("there are k, o, q, v, wi_0, wi_1, wo, and all-linear for all"))
    #expect(try message { $0.targets.names = ["wi0"] }.contains("did you mean “wi_0”?"))
    let rank = try message { $0.ranks = ["wo": 3] }
    #expect(rank.contains("adapter.ranks: no linear layer there is called “wo” or ends so; there are q, v"))
    #expect(try message { $0.alphas = ["SelfAttention.k": 3] }.contains("adapter.alphas: no linear layer there"))
    #expect(try message { $0.rank = 33 }.contains("the rank 33 is more than the layer"))
    #expect(try message { $0.targets.layers = [9] }.contains("layers go from 0 to 2"))
    #expect(try message { $0.targets.except = ["q", "v"] }.contains("leaves no layer to adapt"))
  }

  @Test("Parts to be trained as a whole that the model has not, shares, or adapts, and PiSSA with DoRA")
  func wholeParts() throws {
    #expect(
      try message { $0.modulesToSave = ["lm_haed"] }.contains("modules-to-save: the model has no part called “lm_haed”")
    )
    #expect(
      try message { ($0.targets.names, $0.modulesToSave) = (["q"], ["layer.0.SelfAttention.q"]) }
        .contains("is a target of the adapter and among its modules to save"))
    let tied = try ModelFolder.load(Goldens.url("models/llama-grouped"), dtype: .float32)
    var settings = LoRASettings()
    (settings.rank, settings.modulesToSave) = (2, ["lm_head"])
    let error = #expect(throws: AdapterError.self) { try Adapter(settings, on: tied) }
    #expect("\(try #require(error))".contains("it shares those of “model.embed_tokens”; name that one"))
    #expect(tied.adaptableLayers.allSatisfy { $0.layer.adapter == nil })
    settings.modulesToSave = ["embed_tokens"]
    let adapter = try Adapter(settings, on: tied)
    #expect(adapter.saved.map(\.name) == ["model.embed_tokens.weight"])
    let both = #expect(throws: AdapterError.self) { try AdapterSet([("one", adapter)]) }
    #expect("\(try #require(both))".contains("which the model has once for all rows"))
    (settings.beginning, settings.magnitudes) = (.principal, true)
    #expect(settings.complaints.map(\.name) == ["beginning"])
  }

  @Test("Targets by name, all, all but some, and by layer")
  func targets() throws {
    let model = try ModelFolder.load(Goldens.url("models/t5-v1_1"), dtype: .float32)
    func count(_ change: (inout TargetSettings) -> Void) throws -> Int {
      var settings = LoRASettings()
      settings.rank = 2
      change(&settings.targets)
      let adapter = try Adapter(settings, on: model)
      defer { adapter.detach() }
      return adapter.parts.count
    }
    let all = try count { $0.names = ["all-linear"] }
    #expect(all == model.adaptableLayers.count)
    #expect(
      try count { ($0.names, $0.except) = (["all-linear"], ["wo"]) } == all
        - model.adaptableLayers.filter { $0.name.hasSuffix(".wo") }.count)
    let usual = try count { _ in }
    #expect(usual == model.adaptableLayers.filter { $0.name.hasSuffix(".q") || $0.name.hasSuffix(".v") }.count)
    #expect(try count { ($0.names, $0.layers) = (["EncDecAttention.q"], [0]) } == 1)
  }

  @Test(
    "A soft prompt is read before everything, step by step as in one pass",
    arguments: ["t5-v1_1", "bart", "llama-grouped", "gpt2", "gemma2"], [false, true])
  func prompts(name: String, inDecoder: Bool) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    let context = model.properties.contextLength
    var settings = PromptTuningSettings()
    settings.virtualTokens = 4
    settings.isInDecoder = inDecoder
    let count = model.parameterCount
    if inDecoder, model.properties.kind == .decoderOnly {
      let error = #expect(throws: AdapterError.self) { try Adapter(settings, on: model) }
      #expect("\(try #require(error))".contains("is for encoder-decoders"))
      return
    }
    let adapter = try Adapter(settings, on: model)
    #expect(adapter.parameterCount == (inDecoder ? 8 : 4) * model.properties.width && model.parameterCount == count)
    #expect(model.properties.contextLength == context.map { $0 - 4 })
    let prompts = [[5, 9, 7], [8, 6], [5, 9, 7, 4, 8, 6]]
    withoutGradients {
      let (state, first) = model.begin(prompts)
      _ = model.next(after: first, in: state)
      let stepped = model.next(after: [[3], [4], [5]], in: state)
      for (row, prompt) in prompts.enumerated() {
        let isEncoderDecoder = model.properties.kind == .encoderDecoder
        let target = TokenRows([(isEncoderDecoder ? first[row] : prompt) + [3 + row]])
        let whole = model.logits(TokenBatch(source: isEncoderDecoder ? TokenRows([prompt]) : nil, target: target))
        let last = whole.selected(1, whole.size(1) - 1).selected(0, 0)
        #expect((last - stepped.selected(0, row)).absolute.maximum(along: 0).scalar < 2e-4)
      }
    }
    let twice = #expect(throws: AdapterError.self) { try Adapter(settings, on: model) }
    #expect("\(try #require(twice))".contains("has a soft prompt already"))
    adapter.detach()
    if let context {
      settings.virtualTokens = context
      let long = #expect(throws: AdapterError.self) { try Adapter(settings, on: model) }
      #expect("\(try #require(long))".contains("leaves no room in the model's context of \(context)"))
    }
  }

  @Test(
    "A prefix stands before everything, step by step as in one pass, and recomputed activations change no gradient",
    arguments: ["t5-v1_1", "bart", "llama-grouped", "gpt2", "gemma2"])
  func prefixes(name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    var settings = PrefixTuningSettings()
    settings.virtualTokens = 4
    let adapter = try Adapter(settings, on: model)
    let shape = model.prefixShape
    #expect(adapter.parameterCount == 4 * 2 * shape.slots * shape.width)
    let prompts = [[5, 9, 7], [8, 6], [5, 9, 7, 4, 8, 6]]
    let isEncoderDecoder = model.properties.kind == .encoderDecoder
    withoutGradients {
      let (state, first) = model.begin(prompts)
      _ = model.next(after: first, in: state)
      let stepped = model.next(after: [[3], [4], [5]], in: state)
      for (row, prompt) in prompts.enumerated() {
        let target = TokenRows([(isEncoderDecoder ? first[row] : prompt) + [3 + row]])
        let whole = model.logits(TokenBatch(source: isEncoderDecoder ? TokenRows([prompt]) : nil, target: target))
        let last = whole.selected(1, whole.size(1) - 1).selected(0, 0)
        #expect((last - stepped.selected(0, row)).absolute.maximum(along: 0).scalar < 2e-4)
      }
    }
    model.own()
    adapter.recordGradients()
    let batch = TokenBatch(source: isEncoderDecoder ? TokenRows(prompts) : nil, target: TokenRows(prompts))
    let gradients = [false, true].map { isOn in
      model.recomputesActivations = isOn
      adapter.parameters[0].parameter.tensor.setGradient(nil)
      let logits = model.logits(batch, mode: .training)
      (logits * logits).mean.backward()
      return adapter.parameters[0].parameter.tensor.gradient?.copied
    }
    let (one, other) = (try #require(gradients[0]), try #require(gradients[1]))
    let scale = one.absolute.reshaped([-1]).maximum(along: 0).scalar
    #expect(scale > 0 && (one - other).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-4 * scale)
  }

  @Test("A soft prompt begins with the tokens of a text, over and over")
  func promptText() throws {
    let model = try ModelFolder.load(Goldens.url("models/llama-grouped"), dtype: .float32)
    var settings = PromptTuningSettings()
    (settings.virtualTokens, settings.beginning, settings.text) = (5, .text, "the cat")
    let adapter = try Adapter(settings, on: model) { _ in [7, 9] }
    let expected = model.tokenVectors(Tensor([7, 9, 7, 9, 7], on: .cpu)).floats
    #expect(adapter.parameters.first?.parameter.tensor.floats == expected)
    adapter.detach()
    let error = #expect(throws: AdapterError.self) { try Adapter(settings, on: model) }
    #expect("\(try #require(error))".contains("needs a tokenizer"))
    #expect(model.softPrompt == nil)
  }

  @Test("Every kind has a file and a line in the catalog")
  func catalog() throws {
    let folder = repository.appending(path: "Sources/Adapters/Kinds")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).map { $0.lowercased() }
    #expect(files.sorted() == AdapterKinds.catalog.names.map { $0 + ".swift" }.sorted())
  }
}
