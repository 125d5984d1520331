import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardEncoders
import OrchardModels
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Runs of text encoders over masked tokens")
struct MaskedRunTests {
  private let fixture: TrainingFixture

  init() throws {
    fixture = try TrainingFixture()
    let texts = ["the cat sat on the mat", "a bird sang", "ann has a hat ; bob has a boat", "they saw ten ships"]
    let lines = (0..<12).map { #"{"text": "\#(texts[$0 % 4])"}"# }.joined(separator: "\n")
    _ = try fixture.folder.write(lines, to: "texts.jsonl")
  }

  private func recipe(_ model: String = "bert-masked", output: String = "run") -> TrainingRecipe {
    var recipe = fixture.recipe(model, output: output)
    recipe.model.folder = Goldens.url("encoders/\(model)").path
    recipe.data = DatasetSettings(file: fixture.folder.url.appending(path: "texts.jsonl").path)
    recipe.prompt.template = "text"
    recipe.rendering.maximumTokens = 20
    recipe.rendering.corrupt = 0.3
    return recipe
  }

  @Test(
    "An encoder learns, from a folder's weights and from nothing", arguments: ["bert-masked", "roberta-masked"],
    [true, false])
  func learns(model: String, fromNothing: Bool) throws {
    var recipe = recipe(model)
    recipe.model.fromNothing = fromNothing
    recipe.length.steps = 60
    var optimizer = AdamWSettings()
    optimizer.learningRate = 5e-3
    recipe.optimizer = OptimizerChoice(optimizer)
    recipe.watch.validation = recipe.data
    recipe.watch.evaluateEvery = 5
    recipe.watch.samples = 2
    let run = try TrainingRun(recipe)
    var reports: [EvaluationReport] = []
    while let report = try run.next() { reports += report.evaluation.map { [$0] } ?? [] }
    #expect(reports.count == 12 && reports[11].loss < 0.75 * reports[0].loss)
    // The samples show the gaps, what they hide, and what the model takes them for.
    #expect(reports[11].samples.contains { $0.prompt.uppercased().contains("MASK") })
    #expect(reports[11].samples.allSatisfy { !$0.reference.isEmpty && !$0.answer.isEmpty })
    let filler = try MaskFiller(folder: run.folder.model)
    #expect(try filler.fill(["the cat sat on the <mask>"], top: 2)[0][0].count == 2)
  }

  @Test("LoRA beside a masked model learns, and is what the folder holds")
  func adapter() throws {
    var recipe = recipe()
    var lora = LoRASettings()
    (lora.rank, lora.alpha) = (8, 16)
    recipe.adapter = AdapterChoice(lora)
    recipe.length.steps = 60
    var optimizer = AdamWSettings()
    optimizer.learningRate = 1e-2
    recipe.optimizer = OptimizerChoice(optimizer)
    let run = try TrainingRun(recipe)
    let losses = try TrainingFixture.losses(run)
    #expect(losses[50...].reduce(0, +) / 10 < 0.9 * losses[..<10].reduce(0, +) / 10)
    let base = Goldens.url("encoders/bert-masked")
    let model = try EncoderFolder(base).maskedLanguageModel(dtype: .float32)
    let adapter = try AdapterFolder.read(run.result, on: model, base: base)
    let rows = TokenRows([[5, 9, 7, 12], [8, 6, 11, 4]])
    let trained = try #require(run.trained.model as? MaskedLanguageModel)
    let (expected, read) = withoutGradients { (trained.logits(rows).floats, model.logits(rows).floats) }
    for (a, b) in zip(expected, read) { #expect(abs(a - b) < 1e-4) }
    let (difference, scale) = try adapter.mergeMeasuring()
    #expect(difference < 1e-4 * scale)
  }

  @Test("A run that was left and resumed gives the same losses and weights; computed again the same losses too")
  func resumes() throws {
    let whole = try TrainingRun(recipe())
    let losses = try TrainingFixture.losses(whole)
    #expect(losses.count == 6 && Set(losses).count == 6)
    let first = try TrainingRun(recipe(output: "left"))
    var begun: [Double] = []
    while begun.count < 3, let report = try first.next() { begun.append(report.loss) }
    try first.stop()
    let second = try TrainingRun(recipe(output: "left"), resume: true)
    begun += try TrainingFixture.losses(second)
    #expect(begun == losses)
    #expect(TrainingFixture.weights(second) == TrainingFixture.weights(whole))
    var again = recipe(output: "again")
    again.recomputeActivations = true
    let other = try TrainingFixture.losses(TrainingRun(again))
    #expect(zip(losses, other).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  @Test("Held-out tasks are scored by their hidden tokens, and the plan has full tuning and LoRA")
  func plansAndScores() throws {
    var recipe = recipe()
    var task = HeldOutSettings()
    task.data = try #require(recipe.data)
    task.prompt.template = "text"
    task.metrics = ["exact_match"]
    recipe.watch.tasks = ["texts": task]
    let run = try TrainingRun(recipe)
    var scored: [HeldOutReport] = []
    while let report = try run.next() { scored += report.heldOut }
    #expect(scored.count == 2)
    #expect(scored[1].tasks[0].loss < scored[0].tasks[0].loss)
    #expect(scored[1].tasks[0].references.allSatisfy { !$0.isEmpty })
    let plan = try TrainingPlan(recipe, budget: 0)
    // A text encoder reads no soft prompts, and is kept in no few bits.
    #expect(plan.ways.map(\.name) == ["full tuning", "LoRA, rank 16"])
    #expect(plan.ways.allSatisfy { $0.memory.activations > 0 })
  }

  @Test("What an encoder cannot learn is told")
  func refusals() throws {
    var prompted = recipe()
    prompted.prompt.template = "classify"
    prompted.prompt.values = ["label": "good"]
    var adapted = recipe()
    adapted.adapter = AdapterChoice(PromptTuningSettings())
    var near = recipe()
    near.regularize = .original
    var long = recipe()
    long.rendering.maximumTokens = 1024
    var bare = recipe()
    bare.model.folder = Goldens.url("encoders/bert-bare").path
    for (recipe, told) in [
      (prompted, "a text encoder writes none"), (adapted, "take lora, ia3 or bottleneck"),
      (near, "a text encoder writes nothing"),
      (long, "the model's context holds 24"), (bare, "BertForMaskedLM"),
    ] {
      let error = #expect(throws: (any Error).self) { _ = try TrainingRun(recipe) }
      #expect(error.map { "\($0)".contains(told) } == true, "\(told): \(String(describing: error))")
    }
  }
}
