import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardReports
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Runs over preferences", .serialized)
struct PreferenceRunTests {
  private static let pairMethods: [any PairMethodSettings & Sendable] = [
    DPOSettings(), IPOSettings(), ORPOSettings(), SimPOSettings(),
  ]

  @Test("Before the first step policy and original are one", arguments: ["t5-v1_1", "llama-grouped"], [true, false])
  func beginning(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe(model, DPOSettings())
    if !hasAdapter { recipe.training.adapter = nil }
    let report = try #require(try TrainingRun(recipe).next())
    #expect(abs(report.loss - log(2)) < 1e-6)
    let figures = Dictionary(report.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    #expect(abs(figures["margin"] ?? 1) < 1e-5)
    #expect((figures["log_probability_chosen"] ?? 0) < -1)
  }

  @Test("The chosen answers win, by every method", arguments: ["t5-v1_1", "llama-grouped"], pairMethods.indices)
  func learning(model: String, number: Int) throws {
    let fixture = try AlignmentFixture()
    for hasAdapter in [true, false] {
      var recipe = fixture.recipe(model, Self.pairMethods[number], output: "run-\(hasAdapter)")
      if !hasAdapter { recipe.training.adapter = nil }
      recipe.training.length.steps = 30
      recipe.training.optimizer = adamw(rate: 1e-2)
      let run = try AlignmentFixture.follow(TrainingRun(recipe))
      #expect(run.losses[29] < run.losses[0])
      #expect(run.figures["accuracy"] == 1)
      #expect((run.figures["margin"] ?? 0) > 0.1)
    }
  }

  @Test("KTO parts good answers from bad ones, given one by one or in pairs", arguments: ["labels", "pairs"])
  func judged(data: String) throws {
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe("llama-grouped", KTOSettings(), data: data)
    recipe.training.length.steps = 40
    recipe.training.optimizer = adamw(rate: 1e-2)
    let run = try AlignmentFixture.follow(TrainingRun(recipe))
    #expect(abs(run.losses[0] - 0.5) < 1e-6)
    #expect((run.figures["reward_good"] ?? 0) > (run.figures["reward_bad"] ?? 0) + 0.5)
  }

  /// The same loss computed with all logits whole, and torch's own way back.
  private func composed(_ model: any LanguageModel, _ batch: SequenceBatch, _ reference: Tensor) -> Tensor {
    let inputs = CompletionObjective.inputs(batch, for: model, weight: 1)
    let logs = model.logits(inputs.tokens, mode: .training).to(.float32).logSoftmax()
    let picked = logs.gathered(2, by: inputs.targets.reshaped([batch.count, -1, 1])).squeezed(2)
    let sums = (picked * inputs.weights.reshaped([batch.count, -1])).sum(along: 1)
    func rows(_ tensor: Tensor, _ places: [Int]) -> Tensor { tensor.indexed(0, by: Tensor(places)) }
    let pairs = (0..<batch.count / 2).map { $0 * 2 }
    func both(_ tensor: Tensor) -> AnswerPairs {
      AnswerPairs(chosen: rows(tensor, pairs), rejected: rows(tensor, pairs.map { $0 + 1 }))
    }
    return DPOLoss()(policy: both(sums), reference: both(reference)).sum
  }

  @Test(
    "Weighting tokens afterwards gives the gradients of whole logits", arguments: ["t5-v1_1", "llama-grouped"],
    [true, false])
  func gradients(name: String, hasAdapter: Bool) throws {
    Engine.seed(3)
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe(name, DPOSettings())
    if !hasAdapter { recipe.training.adapter = nil }
    recipe.training.length.steps = 2
    recipe.training.optimizer = adamw(rate: 1e-2)
    // A step away from the original, so that pairs weigh differently.
    let run = try TrainingRun(recipe)
    _ = try run.next()
    let model = try #require(run.trained.languageModel)
    let weights = run.trained.adapter?.parameters.map(\.parameter) ?? model.parameters.filter(\.isTrainable)
    let renderer = try RecipeRendering(recipe, run.trained.tokenizer, ExampleForm(model.properties))
    var stream = try BatchStream(
      renderer.training(), settings: recipe.training.batches, paddingID: 0, capacity: 64)
    let batch = stream.next()
    #expect(batch.groupRows.map(\.count) == [2, 2, 2, 2])
    let objective = try recipe.method.objective(for: run.trained, recipe.training, on: .cpu)
    let made = objective.loss(batch, weight: 1, training: true)
    made.sum.backward()
    let fast = weights.map { $0.tensor.gradient?.floats ?? [] }
    for weight in weights { weight.tensor.setGradient(nil) }
    let original = try ModelFolder.load(URL(filePath: recipe.training.model.folder), dtype: .float32)
    let reference = withoutGradients { () -> Tensor in
      let inputs = CompletionObjective.inputs(batch, for: original, weight: 1)
      let logs = original.logits(inputs.tokens).to(.float32).logSoftmax()
      let picked = logs.gathered(2, by: inputs.targets.reshaped([batch.count, -1, 1])).squeezed(2)
      return (picked * inputs.weights.reshaped([batch.count, -1])).sum(along: 1)
    }
    let whole = composed(model, batch, reference)
    whole.backward()
    #expect(abs(whole.scalar - made.sum.scalar) < 1e-4)
    #expect(abs(made.rows.reduce(0, +) - made.sum.scalar) < 1e-4)
    for (weight, quick) in zip(weights, fast) {
      let slow = weight.tensor.gradient?.floats ?? []
      try #require(slow.count == quick.count && !slow.isEmpty)
      let scale = slow.map(abs).max() ?? 0
      for (a, b) in zip(slow, quick) { #expect(abs(a - b) < 1e-5 + 1e-3 * scale) }
    }
  }

  @Test(
    "A resumed run equals one that was never left, bit for bit", arguments: ["pairs", "rankings", "labels"],
    [true, false])
  func resuming(data: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    func recipe(_ output: String) -> AlignmentRecipe {
      let method: any MethodSettings = data == "labels" ? KTOSettings() : DPOSettings()
      var recipe = fixture.recipe("llama-grouped", method, data: data, output: output)
      if !hasAdapter { recipe.training.adapter = nil }
      recipe.training.length.accumulation = 2
      recipe.training.optimizer = adamw(rate: 1e-3)
      // The second epoch's batches hold other rows than the first's.
      recipe.training.length.steps = 6
      return recipe
    }
    let second = try AlignmentFixture.checkResuming(recipe)
    #expect(!FileManager.default.fileExists(atPath: second.result.appending(path: "method.safetensors").path))
  }

  @Test("Validation tells how often the better answer is found, and a page shows it")
  func validation() throws {
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe("t5-v1_1", DPOSettings())
    recipe.training.watch.validation = recipe.training.data
    recipe.training.watch.evaluateEvery = 3
    recipe.training.optimizer = adamw(rate: 1e-2)
    let run = try TrainingRun(recipe)
    _ = try AlignmentFixture.follow(run)
    let history = try RunHistory(run.folder.url)
    #expect(history.figureNames.prefix(2) == ["accuracy", "margin"])
    #expect(history.figureCurve("accuracy", in: "validation").points.map(\.x) == [3, 6])
    #expect(history.recipe["method"]?["kind"]?.string == "dpo")
    #expect(history.recipe["optimizer"]?["learning-rate"]?.double == 1e-2)
    let page = try String(contentsOf: run.folder.report, encoding: .utf8)
    #expect(page.contains("Accuracy") && page.contains("loss a prompt"))
  }

  @Test("Three answers of one rank order teach as their three pairs do")
  func rankings() throws {
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe("llama-grouped", DPOSettings(), data: "rankings")
    recipe.training.batches.order = .sequential
    let run = try TrainingRun(recipe)
    #expect(run.rendering.preferences?.pairs == 48)
    #expect(run.rendering.preferences?.prompts == 16)
    let report = try #require(try run.next())
    // Each prompt's three pairs count together as one.
    #expect(abs(report.loss - log(2)) < 1e-6)
  }

  @Test(
    "What does not go together is told",
    arguments: [
      ("method: dpo\nlabel-smoothing: 0.1", "is for fine-tuning"),
      ("method: dpo\nbatches: {packing: true}", "a row each"),
      ("method: dpo\nregularize: original", "is for fine-tuning"),
      ("method: kto\nmodel: {folder: m, from-nothing: true}", "begin with one that has learned something"),
      ("preferences: {chosen: best}", "has no effect on fine-tuning"),
      ("method: {kind: ppo, rewards: [length]}\npreferences: {chosen: best}", "has no effect on ppo"),
      ("method: dpo\npreferences: {margin: by}", "reward models alone"),
      ("method: kto\nbatches: {size: 1}", "take 2 or more"),
      ("method: dpoo", "dpo"),
      ("method: {kind: dpo, beta: -1}", "beta"),
      ("method: dpo\nrendering: {supervise: all}", "by their own tokens alone"),
    ])
  func complaints(yaml: String, part: String) {
    let model = yaml.contains("model:") ? "" : "model: {folder: m}\n"
    let error = #expect(throws: SettingsError.self) {
      try AlignmentRecipe(yaml: model + "data: {files: [a.jsonl]}\n" + yaml)
    }
    #expect(error.map { "\($0)".contains(part) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test("The catalog has every method of the folder")
  func catalog() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: repository.appending(path: "Sources/Alignment/Methods").path)
    #expect(files.count == Methods.catalog.entries.count)
  }

  @Test("A pair that is sure by half teaches nothing, and one that is sure the other way round teaches the opposite")
  func softLabels() throws {
    let fixture = try AlignmentFixture()
    func first(_ method: any MethodSettings, _ probability: Double?) throws -> Double {
      let lines = (0..<4).map {
        "{\"prompt\": \"the cat \($0)\", \"chosen\": \"a dog\", \"rejected\": \"no sun\", \"sure\": \(probability ?? 1)}\n"
      }
      let rows = try fixture.folder.write(lines.joined(), to: "soft.jsonl")
      var recipe = fixture.recipe("llama-grouped", method, output: "soft-\(UUID().uuidString)")
      recipe.training.data = DatasetSettings(file: rows.path)
      if probability != nil { recipe.preferences.probability = "sure" }
      recipe.training.optimizer = adamw(rate: 1e-2)
      recipe.training.length.steps = 8
      return try AlignmentFixture.follow(try TrainingRun(recipe)).figures["margin"] ?? 0
    }
    for method in [RewardSettings(), DPOSettings()] as [any MethodSettings] {
      let (plain, sure, half, against) = (
        try first(method, nil), try first(method, 1), try first(method, 0.501), try first(method, 0.02)
      )
      #expect(abs(plain - sure) < 1e-5)
      #expect(sure > 3 * abs(half))
      // The better answer is then the other one.
      #expect(against > 0.5 * sure, "\(sure) \(half) \(against)")
    }
    #expect(throws: SettingsError.self) {
      try AlignmentRecipe(
        yaml: "model: {folder: m}\ndata: {files: [a]}\nmethod: dpo\npreferences: {margin: m, probability: p}")
    }
  }
}
