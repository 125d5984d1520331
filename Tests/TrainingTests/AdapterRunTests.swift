import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Runs that train an adapter")
struct AdapterRunTests {
  @Test("Ten steps of LoRA+ give peft's losses", arguments: ["t5-v1_1", "bart", "llama-grouped", "gpt2"])
  func plus(model name: String) throws {
    let base = Goldens.url("models/\(name)")
    let folder = Goldens.url("adapters/\(name)-lora")
    let model = try ModelFolder.load(base, dtype: .float32)
    let plain = try AdapterFolder.read(folder, on: model, base: base)
    let numbers = plain.parameters.map { ($0.name, $0.parameter.tensor.copied) }
    plain.detach()
    var lora = LoRASettings()
    (lora.rank, lora.alpha, lora.upRate) = (4, 8, 16)
    let adapter = try Adapter(lora, on: model)
    try #require(adapter.parameters.map(\.name) == numbers.map(\.0))
    for (entry, number) in zip(adapter.parameters, numbers) { entry.parameter.load(number.1) }
    let file = try SafetensorsFile(Goldens.url("models/\(name).safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "plus.json")))
    let expected = try #require(json["losses"]?.array).compactMap(\.double)
    try #require(expected.count == 10)
    let weights = TrainingRun.prepareWeights(model, .fp32, adapter: adapter)
    #expect(Set(weights.map(\.rate)) == [1, 16])
    try TenStepsTests.follow(expected, of: model, file, weights, rate: 1e-3, within: 1e-3)
  }

  @Test("Ten steps of AdamW give peft's losses", arguments: Goldens.adapters)
  func losses(model name: String, kind: String) throws {
    let base = Goldens.url("models/\(name)")
    let folder = Goldens.url("adapters/\(name)-\(kind)")
    let model = try ModelFolder.load(base, dtype: .float32)
    let adapter = try AdapterFolder.read(folder, on: model, base: base)
    let file = try SafetensorsFile(Goldens.url("models/\(name).safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "golden.json")))
    let expected = (json["adamw_losses"]?.array ?? []).compactMap { $0.double }
    try #require(expected.count == 10)
    let weights = TrainingRun.prepareWeights(model, .fp32, adapter: adapter)
    try TenStepsTests.follow(expected, of: model, file, weights, rate: 1e-2, within: 1e-3) {
      let own = Set(adapter.saved.map { ObjectIdentifier($0.parameter) })
      #expect(model.parameters.allSatisfy { own.contains(ObjectIdentifier($0)) == ($0.tensor.gradient != nil) })
    }
  }

  @Test("Ten steps of PiSSA give peft's losses", arguments: ["t5-v1_1", "bart", "llama-grouped", "gpt2"])
  func principal(model name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"), dtype: .float32)
    var lora = LoRASettings()
    (lora.rank, lora.alpha, lora.beginning) = (4, 8, .principal)
    let adapter = try Adapter(lora, on: model)
    let file = try SafetensorsFile(Goldens.url("models/\(name).safetensors"))
    let json = try JSONValue(
      parsing: Data(contentsOf: Goldens.url("adapters/\(name)-lora").appending(path: "principal.json")))
    let expected = try #require(json["losses"]?.array).compactMap(\.double)
    try #require(expected.count == 10)
    let weights = TrainingRun.prepareWeights(model, .fp32, adapter: adapter)
    try TenStepsTests.follow(expected, of: model, file, weights, rate: 1e-2, within: 1e-3)
  }

  @Test(
    "PiSSA, and parts trained as a whole: a left run goes on bit for bit, and what is written does what was trained",
    arguments: [LoRABeginning.random, .principal], [TrainingPrecision.fp32, .bf16])
  func wholeParts(beginning: LoRABeginning, dtype: TrainingPrecision) throws {
    let fixture = try TrainingFixture()
    func recipe(_ output: String) -> TrainingRecipe {
      var recipe = fixture.recipe("t5-v1_1", output: output)
      var lora = LoRASettings()
      (lora.rank, lora.beginning, lora.rankStabilized) = (2, beginning, true)
      if beginning == .random { lora.modulesToSave = ["lm_head", "decoder.final_layer_norm"] }
      recipe.adapter = AdapterChoice(lora)
      recipe.dtype = dtype
      return recipe
    }
    let whole = try TrainingRun(recipe("whole"))
    let losses = try TrainingFixture.losses(whole)
    #expect(Set(losses).count == losses.count)
    let first = try TrainingRun(recipe("left"))
    var begun: [Double] = []
    while begun.count < 2, let report = try first.next() { begun.append(report.loss) }
    try first.stop()
    let second = try TrainingRun(recipe("left"), resume: true)
    begun += try TrainingFixture.losses(second)
    #expect(begun == losses)
    // As peft reads it, without what training goes on from.
    let folder = second.folder.adapter
    try? FileManager.default.removeItem(at: folder.appending(path: "lora_beginning.safetensors"))
    let trained = try #require(second.trained.languageModel)
    let read = try ModelFolder.load(URL(filePath: recipe("left").model.folder), dtype: trained.dtype)
    let adapter = try AdapterFolder.read(folder, on: read, base: nil)
    #expect((adapter.settings as? LoRASettings)?.rank == (beginning == .principal ? 4 : 2))
    let batch = TokenBatch(source: TokenRows([[5, 9, 7]]), target: TokenRows([[3, 6, 8, 4]]))
    let difference = withoutGradients { (trained.logits(batch) - read.logits(batch)).to(.float32).absolute }
    let scale = withoutGradients { trained.logits(batch).to(.float32).absolute.reshaped([-1]).maximum(along: 0).scalar }
    #expect(difference.reshaped([-1]).maximum(along: 0).scalar < (dtype == .fp32 ? 1e-5 : 0.03) * scale)
  }

  private func recipe(_ fixture: TrainingFixture, _ model: String, output: String = "run", ia3: Bool = false)
    -> TrainingRecipe
  {
    var recipe = fixture.recipe(model, output: output)
    var lora = LoRASettings()
    (lora.rank, lora.dropout) = (2, 0.1)
    recipe.adapter = AdapterChoice(ia3 ? IA3Settings() : lora)
    return recipe
  }

  @Test(
    "A run writes a peft folder; one that was left goes on bit for bit", arguments: ["t5-v1_1", "llama-grouped"],
    [TrainingPrecision.fp32, .bf16])
  func resumes(model name: String, dtype: TrainingPrecision) throws {
    let fixture = try TrainingFixture()
    var plain = recipe(fixture, name)
    plain.dtype = dtype
    let whole = try TrainingRun(plain)
    #expect(whole.counts.trained < whole.counts.all / 10)
    let losses = try TrainingFixture.losses(whole)
    let learned = whole.trained.adapter?.parameters.map { $0.parameter.tensor.floats }
    #expect(AdapterFolder.isOne(whole.folder.adapter))
    #expect(!FileManager.default.fileExists(atPath: whole.folder.model.path))
    var other = recipe(fixture, name, output: "left")
    other.dtype = dtype
    let first = try TrainingRun(other)
    var begun: [Double] = []
    while begun.count < 3, let report = try first.next() { begun.append(report.loss) }
    try first.stop()
    let second = try TrainingRun(other, resume: true)
    begun += try TrainingFixture.losses(second)
    #expect(begun == losses)
    #expect(second.trained.adapter?.parameters.map { $0.parameter.tensor.floats } == learned)
    // What was written is what was trained.
    let base = URL(filePath: other.model.folder)
    let model = try ModelFolder.load(base, dtype: .float32)
    let read = try AdapterFolder.read(second.folder.adapter, on: model, base: base)
    #expect(read.parameters.map { $0.parameter.tensor.floats } == learned)
  }

  @Test("IA³ trains, and its weights all change in the first step")
  func trainsFactors() throws {
    let fixture = try TrainingFixture()
    let losses = try TrainingFixture.losses(TrainingRun(recipe(fixture, "t5-v1_1", ia3: true)))
    #expect(losses.count == 6)
  }

  @Test(
    "A soft prompt or prefix trains, and a left run goes on bit for bit",
    arguments: ["t5-v1_1", "bart", "llama-grouped"],
    ["prompt", "prefix", "prefix-network"])
  func trainsPrompt(model name: String, kind: String) throws {
    let fixture = try TrainingFixture()
    func recipe(_ output: String) -> TrainingRecipe {
      var recipe = fixture.recipe(name, output: output)
      var prompt = PromptTuningSettings()
      prompt.virtualTokens = 6
      var prefix = PrefixTuningSettings()
      (prefix.virtualTokens, prefix.hiddenWidth) = (6, kind == "prefix" ? nil : 8)
      recipe.rendering.maximumTokens = 48
      recipe.adapter = AdapterChoice(kind == "prompt" ? prompt : prefix)
      return recipe
    }
    let losses = try TrainingFixture.losses(TrainingRun(recipe("whole")))
    let first = try TrainingRun(recipe("left"))
    var begun: [Double] = []
    while begun.count < 2, let report = try first.next() { begun.append(report.loss) }
    try first.stop()
    begun += try TrainingFixture.losses(TrainingRun(recipe("left"), resume: true))
    #expect(begun == losses)
  }

  @Test(
    "Beside weights of few bits, which stay so, losses are near those beside plain ones, and a left run goes on",
    arguments: ["t5-v1_1", "llama-grouped"], [FrozenWeights.int8, .int4, .nf4])
  func trainsBesideFewBits(model name: String, weights: FrozenWeights) throws {
    let fixture = try TrainingFixture()
    func run(_ output: String, _ kept: FrozenWeights, _ dtype: TrainingPrecision = .fp32) throws -> TrainingRun {
      var recipe = recipe(fixture, name, output: output)
      recipe.model.weights = kept
      recipe.dtype = dtype
      return try TrainingRun(recipe)
    }
    let plain = try TrainingFixture.losses(run("plain", .plain))
    let few = try run("few", weights)
    let losses = try TrainingFixture.losses(few)
    let bytes = few.trained.model.parameters.reduce(0) { $0 + $1.byteCount }
    #expect(bytes < few.trained.model.parameterCount * 4)
    for (one, other) in zip(losses, plain) { #expect(abs(one - other) < (weights == .int8 ? 0.05 : 0.6) * (1 + other)) }
    let narrow = try TrainingFixture.losses(run("narrow", weights, .bf16))
    for (one, other) in zip(narrow, losses) { #expect(abs(one - other) < 0.1 * (1 + other)) }
    let left = try run("left", weights)
    var begun = [try #require(try left.next()).loss]
    try left.stop()
    var again = recipe(fixture, name, output: "left")
    again.model.weights = weights
    begun += try TrainingFixture.losses(TrainingRun(again, resume: true))
    #expect(begun == losses)
  }

  @Test("Weights of few bits are for adapters alone")
  func refusesFewBitsAlone() throws {
    let error = #expect(throws: (any Error).self) {
      try TrainingRecipe(yaml: "model: {folder: m, weights: int8}\ndata: {files: [a.jsonl]}\n")
    }
    #expect("\(try #require(error))".contains("adapter is missing, and weights of few bits"))
  }

  @Test("An adapter beside random weights is refused, and so is another one on resuming")
  func refuses() throws {
    let error = #expect(throws: (any Error).self) {
      try TrainingRecipe(
        yaml: "model: {folder: m, from-nothing: true}\ndata: {files: [a.jsonl]}\nadapter: lora\n")
    }
    #expect("\(try #require(error))".contains("adapter needs a model that has learned something"))
    let fixture = try TrainingFixture()
    let first = try TrainingRun(recipe(fixture, "t5-v1_1"))
    _ = try first.next()
    try first.stop()
    let again = #expect(throws: TrainingError.self) {
      try TrainingRun(recipe(fixture, "t5-v1_1", ia3: true), resume: true)
    }
    #expect("\(try #require(again))".contains("adapter"))
  }
}
