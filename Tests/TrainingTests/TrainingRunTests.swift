import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import OrchardTraining
import TestSupport
import Testing

@Suite("Training runs", .serialized)
struct TrainingRunTests {
  @Test("The loss falls, and the model of the run loads", arguments: ["t5-v1_1", "llama-grouped"])
  func learning(model: String) throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe(model)
    recipe.length.steps = 40
    recipe.optimizer = OptimizerChoice(adamw(rate: 1e-2))
    let run = try TrainingRun(recipe)
    let losses = try TrainingFixture.losses(run)
    #expect(losses.count == 40)
    let (first, last): (Double, Double) = (losses.prefix(4).reduce(0, +), losses.suffix(4).reduce(0, +))
    #expect(last < 0.5 * first)
    let loaded = try ModelFolder.load(run.folder.model)
    let saved: [[Float]] = loaded.parameters.map { $0.tensor.floats }
    #expect(saved == TrainingFixture.weights(run))
    #expect(try TemplateStamp.read(from: run.folder.model)?.name == "no-instruction")
    _ = try Tokenizer(folder: run.folder.model)
  }

  @Test(
    "A resumed run equals one that was never left, bit for bit", arguments: ["t5-v1_1", "llama-grouped"],
    [TrainingPrecision.fp32, .bf16])
  func resuming(model: String, dtype: TrainingPrecision) throws {
    let fixture = try TrainingFixture()
    // The golden T5 has no dropout; with it, the random state too must be taken up where it was left.
    let folder = try fixture.withDropout(model)
    func recipe(_ output: String) -> TrainingRecipe {
      var recipe = fixture.recipe(model, output: output)
      recipe.model.folder = folder.path
      recipe.dtype = dtype
      recipe.length.accumulation = 2
      return recipe
    }
    let whole = try TrainingRun(recipe("whole"))
    let expected = try TrainingFixture.losses(whole)
    let first = try TrainingRun(recipe("parts"))
    var losses: [Double] = []
    for _ in 0..<3 { losses.append(try #require(try first.next()).loss) }
    try first.checkpoint()
    let second = try TrainingRun(recipe("parts"), resume: true)
    #expect(second.step == 3)
    losses += try TrainingFixture.losses(second)
    #expect(losses == expected)
    let (left, right): ([[Float]], [[Float]]) = (TrainingFixture.weights(second), TrainingFixture.weights(whole))
    #expect(left == right)
    let steps = try MetricLog.read(second.folder.metrics).compactMap { $0["step"]?.int }
    #expect(steps == Array(1...6))
  }

  @Test("k batches of b examples teach the same as one of k·b", arguments: ["t5-v1_1", "llama-grouped"])
  func accumulation(model: String) throws {
    let fixture = try TrainingFixture()
    func weights(_ size: Int, _ accumulation: Int) throws -> [[Float]] {
      var recipe = fixture.recipe(model, output: "run-\(size)")
      recipe.batches.size = size
      recipe.batches.order = .sequential
      recipe.length.accumulation = accumulation
      recipe.length.steps = 2
      let run = try TrainingRun(recipe)
      _ = try TrainingFixture.losses(run)
      return TrainingFixture.weights(run)
    }
    for (together, apart) in zip(try weights(8, 1), try weights(2, 4)) {
      for (a, b) in zip(together, apart) { #expect(abs(a - b) < 2e-4 * max(1, abs(a))) }
    }
  }

  @Test("Packed rows teach the same as rows of their own")
  func packing() throws {
    let fixture = try TrainingFixture()
    func losses(packing: Bool) throws -> Double {
      var recipe = fixture.recipe("llama-grouped", output: "run-\(packing)")
      recipe.batches.size = 24
      recipe.batches.packing = packing
      recipe.batches.order = .sequential
      recipe.length.steps = 1
      recipe.rendering.maximumTokens = 64
      return try TrainingFixture.losses(TrainingRun(recipe))[0]
    }
    #expect(abs(try losses(packing: true) - losses(packing: false)) < 1e-4)
  }

  @Test("A loss that is not a number stops the run, keeps the last checkpoint, and says where")
  func notANumber() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("llama-grouped")
    recipe.length.clipping = nil
    recipe.length.steps = 40
    recipe.watch.saveEvery = 1
    recipe.optimizer = OptimizerChoice(adamw(rate: 1e30))
    recipe.schedule.warmupShare = 0
    let run = try TrainingRun(recipe)
    let error = #expect(throws: TrainingError.self) { try TrainingFixture.losses(run) }
    let text = error?.description ?? ""
    #expect(text.contains("not a number") || text.contains("not numbers"))
    #expect(text.contains("step \(run.step + 1) of 40"))
    #expect(text.contains(run.folder.checkpoint(run.step).path))
  }

  @Test("Checkpoints beyond those to keep go away, the best stays")
  func keeping() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.length.steps = 10
    recipe.watch.saveEvery = 1
    recipe.watch.keep = 2
    recipe.watch.evaluateEvery = 3
    recipe.watch.validation = DatasetSettings(file: fixture.folder.url.appending(path: "valid.jsonl").path)
    let run = try TrainingRun(recipe)
    var evaluations: [EvaluationReport] = []
    while let report = try run.next() { if let found = report.evaluation { evaluations.append(found) } }
    #expect(evaluations.map(\.step) == [3, 6, 9, 10])
    #expect(evaluations.allSatisfy { $0.samples.count == 2 && !$0.samples[0].reference.isEmpty })
    let best = try #require(run.best)
    #expect(best.loss == evaluations.map(\.loss).min())
    #expect(Set(run.folder.steps) == Set([9, 10, best.step]))
  }

  @Test("A second run in the same folder is refused; another recipe cannot resume it")
  func sameFolder() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    let run = try TrainingRun(recipe)
    _ = try run.next()
    let twice = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(twice?.description.contains("--resume") == true)
    let early = #expect(throws: TrainingError.self) { try TrainingRun(recipe, resume: true) }
    #expect(early?.description.contains("before its first checkpoint") == true)
    try run.checkpoint()
    recipe.batches.size = 3
    let other = #expect(throws: TrainingError.self) { try TrainingRun(recipe, resume: true) }
    #expect(other?.description.contains("batches.size was 4, is 3") == true)
    recipe.batches.size = 4
    _ = try fixture.folder.write(#"{"prompt": "a", "completion": "b"}"# + "\n", to: "train.jsonl")
    let changed = #expect(throws: (any Error).self) { try TrainingRun(recipe, resume: true) }
    #expect("\(try #require(changed))".contains("has changed since"))
  }

  @Test("A read-only folder and a missing model are told plainly")
  func folders() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.output = "/proc/orchard-run"
    let closed = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(closed?.description.contains("choose another output") == true)
    recipe = fixture.recipe("t5-v1_1")
    recipe.model.folder = "/nowhere/at/all"
    let missing = #expect(throws: ModelError.self) { try TrainingRun(recipe) }
    #expect(missing?.description.contains("/nowhere/at/all") == true)
    recipe = fixture.recipe("llama-grouped")
    recipe.rendering.maximumTokens = 1000
    let long = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(long?.description.contains("context holds 64") == true)
  }

  private func adamw(rate: Double) -> AdamWSettings {
    var settings = AdamWSettings()
    settings.learningRate = rate
    return settings
  }
}

extension TrainingFixture {
  /// A copy of a golden model's folder whose configuration asks for dropout where the architecture has it.
  func withDropout(_ model: String) throws -> URL {
    let copy = folder.url.appending(path: "dropout-\(model)")
    try FileManager.default.copyItem(at: Goldens.url("models/\(model)"), to: copy)
    let url = copy.appending(path: "config.json")
    var config = try #require(try JSONValue(parsing: Data(contentsOf: url)).object)
    if config["dropout_rate"] != nil { config["dropout_rate"] = 0.2 }
    try Data(JSONValue.object(config).text.utf8).write(to: url)
    return copy
  }
}
